/** The contract's rules for strings: what they may hold, and what a word is. */

/** No query can hold a longer one. */
const LONGEST_WORD = 200;

/** Whether a string may be stored and shown: no U+0000, no lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The words of a text in lower case, each once: its runs of ASCII letters and digits. */
export function wordsOf(text: string): string[] {
  const found = text.match(/[A-Za-z0-9]+/g) ?? [];
  return [...new Set(found.filter((word) => word.length <= LONGEST_WORD).map(lower))];
}

function lower(word: string): string {
  return word.toLowerCase();
}
