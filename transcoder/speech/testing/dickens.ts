/** What is read in `two_cities.wav` of the recogniser's package: A Tale of Two Cities, Charles Dickens, 1859. */
export const DICKENS = `It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season of
darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us, we were
all going direct to heaven, we were all going direct the other way. In short, the period was so far like the present period, that
some of its noisiest authorities insisted on its being received, for good or for evil, in the superlative degree of comparison
only.`;

/** Words that have to be changed, put in and left out, of those that were said; case and punctuation do not count. */
export function wordErrorRatio(heard: string, said = DICKENS): number {
  const [wanted, got] = [wordsOf(said), wordsOf(heard)];
  let row = got.map((_, at) => at + 1);
  wanted.forEach((word, at) => {
    let [diagonal, left] = [at, at + 1];
    row = row.map((above, n) => {
      const best = Math.min(above + 1, left + 1, diagonal + (got[n] === word ? 0 : 1));
      [diagonal, left] = [above, best];
      return best;
    });
  });
  return (row.at(-1) ?? wanted.length) / wanted.length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}
