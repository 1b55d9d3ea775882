import { hash, verify } from "@node-rs/argon2";

/** OWASP password storage: argon2id with 19 MiB, 2 passes, 1 lane; about 25 ms of one core here. Argon2id is the default. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2);
}

/** Checks a password; `null` stands for a person that does not exist, costs the same time and is never right. */
export type PasswordCheck = (password: string, storedHash: string | null) => Promise<boolean>;

/** Makes the hash that unknown addresses are checked against, so that answers do not tell which addresses exist. */
export async function createPasswordCheck(): Promise<PasswordCheck> {
  const nobody = await hashPassword(crypto.randomUUID());
  return async (password, storedHash) => {
    const isRight = await verify(storedHash ?? nobody, password);
    return isRight && storedHash !== null;
  };
}
