/** A reason not to begin that a person can act on. */
export class BackupRefused extends Error {
  override readonly name = "BackupRefused";
}
