const LARGEST = 2 ** 32 - 1;

/**
 * A number of a caller that the engine is sent as UInt32. Refused here, since it would fail there or come round to another.
 *
 * @throws RangeError unless it is a whole number from `least` on that 32 bits hold
 */
export function uint32(name: string, value: number, least = 0): number {
  if (Number.isInteger(value) && value >= least && value <= LARGEST) return value;
  throw new RangeError(`${name} is a whole number from ${least} to ${LARGEST}`);
}
