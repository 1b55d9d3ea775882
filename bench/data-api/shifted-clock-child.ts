/**
 * Imported by a program before its own code: its clock goes on from `?now=<Unix milliseconds>` of this module's address, so
 * that spans up to now lie where the generated views end.
 */
const realNow = Date.now;
const shiftMs = Number(new URL(import.meta.url).searchParams.get("now")) - realNow();
if (!Number.isSafeInteger(shiftMs)) throw new RangeError("now is no time in Unix milliseconds");
Date.now = () => realNow() + shiftMs;
