/** Source of chance for one viewer or one run. The same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform in [min, max). */
  between(min: number, max: number): number;
  /** Whole number in [min, max). */
  integer(min: number, max: number): number;
  /** True with this probability (0..1). */
  chance(probability: number): boolean;
  /** Exponential waiting time with this mean. */
  exponential(mean: number): number;
  /** `sigma` is the deviation of the logarithm: 0.6 puts nine in ten within a factor of 2.7 of the median. */
  logNormal(median: number, sigma: number): number;
  pick<T>(items: readonly T[]): T;
  weighted<T extends { weight: number }>(items: readonly T[]): T;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
}

export function createRandom(seed: number): Random {
  const unit = mulberry32(seed);
  const between = (min: number, max: number) => min + (max - min) * unit();
  const integer = (min: number, max: number) => Math.floor(between(min, max));
  return {
    unit,
    between,
    integer,
    chance: (probability) => unit() < probability,
    exponential: (mean) => -mean * Math.log(1 - unit()),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal(unit)),
    pick: (items) => at(items, integer(0, items.length)),
    weighted: (items) => weighted(items, unit()),
    hex: (length) => Array.from({ length }, () => integer(0, 16).toString(16)).join(""),
  };
}

/** A seed for one of many: neighbours in a run must not resemble each other. */
export function deriveSeed(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** Mulberry32 (T. Ettinger): 32 bits of state, good enough for behaviour and useless for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Box–Muller, one of the two values. */
function normal(unit: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
}

function weighted<T extends { weight: number }>(items: readonly T[], position: number): T {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let rest = position * total;
  for (const item of items) {
    rest -= item.weight;
    if (rest < 0) return item;
  }
  return at(items, items.length - 1);
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError("Nothing to choose from");
  return item;
}
