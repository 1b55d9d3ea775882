import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { ApiError } from "../../domain/errors.ts";
import { sourceOf } from "./source-of.ts";

/** Attempts within the window. Far more than a forgetful person makes, far fewer than guessing needs. */
export interface SignInLimits {
  perEmail: number;
  perAddress: number;
  windowSeconds: number;
}

export const SIGN_IN_LIMITS: SignInLimits = { perEmail: 20, perAddress: 100, windowSeconds: 900 };

/** Slows down guessing of passwords, for one person's address and for one source of attempts. Kept in this process. */
export class SignInThrottle {
  readonly #perEmail: RateLimiterMemory;
  readonly #perAddress: RateLimiterMemory;

  constructor(limits: SignInLimits) {
    this.#perEmail = new RateLimiterMemory({ points: limits.perEmail, duration: limits.windowSeconds });
    this.#perAddress = new RateLimiterMemory({ points: limits.perAddress, duration: limits.windowSeconds });
  }

  /** Counts one attempt; rejects with `rate_limited` when there were too many, known address or not. */
  async attempt(email: string, address: string): Promise<void> {
    try {
      await this.#perAddress.consume(sourceOf(address));
      await this.#perEmail.consume(mailboxOf(email));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
      throw new ApiError("rate_limited", ["Too many sign-in attempts; try again later"], { retryAfterSeconds });
    }
  }

  /** A right password ends the count against its owner. */
  async succeeded(email: string): Promise<void> {
    await this.#perEmail.delete(mailboxOf(email));
  }
}

/**
 * One key for all spellings that Postgres's `lower` takes for the same person: letter by letter, and "İ" is "i", where
 * `toLowerCase` makes two characters of it. Otherwise each spelling would be given attempts of its own.
 */
function mailboxOf(email: string): string {
  return Array.from(email, (letter) => Array.from(letter.toLowerCase())[0]).join("");
}
