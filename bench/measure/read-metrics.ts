/** Prometheus metrics of a program, as they were at one moment. */
export interface ReadMetrics {
  /** Sum over all labels; 0 where there is none. */
  sum(name: string): number;
}

export async function readMetrics(internalPort: number): Promise<ReadMetrics> {
  const text = await fetch(`http://127.0.0.1:${internalPort}/metrics`).then((answer) => answer.text());
  return {
    sum: (name) => {
      const values = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"));
      return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
    },
  };
}
