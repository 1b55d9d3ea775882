import { createHash, randomBytes } from "node:crypto";

const CARRIED = "getSetting('log_comment')";

/**
 * What tells connections of the product from those that are bound to one environment. It travels in `log_comment`, the only
 * setting with free text that the embedded engine has: it knows neither custom settings nor further users.
 *
 * A statement can change a setting for a SELECT within it even when the connection is read-only (tried). So the text is proof,
 * not only a number: who does not know the secret can name neither another environment nor all of them, and sees nothing.
 */
export class RowBinding {
  /** Of this run of the engine. */
  readonly #secret = randomBytes(24).toString("hex");

  /** What connections of the product carry by the profile. */
  get ofProduct(): string {
    return this.#secret;
  }

  /** What a connection carries that sees the rows of one environment. */
  ofTenant(environment: number): string {
    const proof = createHash("sha256").update(`${this.#secret}${environment}`).digest("hex");
    return `${environment}:${proof}`;
  }

  /**
   * The condition for rows with `environment_id`. All but the column is constant for a statement, so what is left of it is
   * nothing, or one condition on the sorting key: the product's questions cost what they did (docs/decisions/sql.md).
   */
  policy(): string {
    const number = `splitByChar(':', ${CARRIED})[1]`;
    const proof = `lower(hex(SHA256(concat('${this.#secret}', ${number}))))`;
    return `${this.productAlone()} OR (environment_id = toUInt32OrZero(${number}) AND ${CARRIED} = concat(${number}, ':', ${proof}))`;
  }

  /** The condition for rows that no environment may see. */
  productAlone(): string {
    return `${CARRIED} = '${this.#secret}'`;
  }
}
