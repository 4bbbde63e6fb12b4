package bakeoff.launcher;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Runs one Elasticsearch node until the process is told to end.
 *
 * <p>The argument is the node's home: config/ with elasticsearch.yml and log4j2.properties, and
 * modules/ with a folder for each module.
 */
public final class Launcher {
  private static final long STOP_S = 10;

  private Launcher() {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]).toAbsolutePath();
    LogConfigurator.configureESLogging();
    Settings settings = Settings.builder().put("path.home", home.toString()).build();
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), home.resolve("config"), () -> "bakeoff");
    LogConfigurator.setNodeName(Node.NODE_NAME_SETTING.get(environment.settings()));
    LogConfigurator.configure(environment, true);
    // Without module layers: published jars are on the class path, where those cannot be made.
    PluginsLoader modules =
        PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(home.resolve("modules")), Set.of(), Map.of(), false);
    Node node = new Node(environment, modules);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, ended), "stop"));
    node.start();
    // The node's own threads do not keep the process alive.
    ended.await();
  }

  private static void stop(Node node, CountDownLatch ended) {
    try {
      node.close();
      if (!node.awaitClose(STOP_S, TimeUnit.SECONDS)) {
        System.err.println("the node did not close within " + STOP_S + " s");
      }
    } catch (Exception error) {
      System.err.println("the node did not close: " + error);
    } finally {
      ended.countDown();
    }
  }
}
