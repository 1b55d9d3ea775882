/** Something that is not as it must be. */
export interface Fault {
  /** Section of draft-pantos-hls-rfc8216bis. */
  rule: string;
  /** URL of the playlist or segment. */
  where: string;
  what: string;
}

/** Notes faults of one resource. */
export type Note = (rule: string, what: string) => void;

export function noteAt(faults: Fault[], where: string): Note {
  return (rule, what) => {
    faults.push({ rule, where, what });
  };
}
