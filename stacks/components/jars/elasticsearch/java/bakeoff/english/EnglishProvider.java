package bakeoff.english;

import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.AnalyzerScope;

/** One index's English analyzer, with the stop words and the stemming that Lucene has by default. */
final class EnglishProvider implements AnalyzerProvider<EnglishAnalyzer> {
  private final String name;
  private final EnglishAnalyzer analyzer = new EnglishAnalyzer();

  EnglishProvider(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public AnalyzerScope scope() {
    return AnalyzerScope.INDEX;
  }

  @Override
  public EnglishAnalyzer get() {
    return analyzer;
  }
}
