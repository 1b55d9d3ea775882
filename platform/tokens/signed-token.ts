import { decodeJwt, decodeProtectedHeader, errors, importSPKI, jwtVerify } from "jose";

/** Ours are some hundred bytes; with parameters of its own a token may be longer. */
const MAX_LENGTH = 8_192;

export type TokenRefusal =
  | "malformed"
  | "unknown_key"
  | "bad_signature"
  | "expired"
  | "wrong_subject"
  | "no_audience"
  | "wrong_audience";

/** `key` is what the look-up gave. */
export type CheckedToken<Key, Audience extends string> =
  | {
      kind: "valid";
      key: Key;
      subject: string;
      audience: Audience;
      expiresAtMs: number;
      /** All of them, the ones above included. */
      claims: Readonly<Record<string, unknown>>;
    }
  | { kind: "refused"; reason: TokenRefusal };

export interface TokenExpectations<Key, Audience extends string> {
  /** The token must be made for exactly one of these, and may be for anything else besides. */
  audiences: readonly Audience[];
  /** What the token must be about; anything unless given. */
  subject?: string;
  /** The key of an id, with its public half as PEM (SubjectPublicKeyInfo); null when there is none, or none any more. */
  findKey: (keyId: string) => Promise<Key | null>;
  nowMs: number;
}

/**
 * Checks a token that a customer signed with one of their keys (JWT, RS256, RFC 7519): `kid` in its header or, as some
 * libraries write it, among its claims; `sub`, `aud` and `exp` are needed. Of several faults the first in the order of
 * {@link TokenRefusal} is told, as players do (reference video-api.md §8.6). Never throws because of the token.
 */
export async function checkSignedToken<Key extends { publicKey: string }, Audience extends string>(
  token: string,
  { audiences, subject, findKey, nowMs }: TokenExpectations<Key, Audience>,
): Promise<CheckedToken<Key, Audience>> {
  const keyId = keyIdOf(token);
  if (keyId === null) return { kind: "refused", reason: "malformed" };
  const key = await findKey(keyId);
  if (key === null) return { kind: "refused", reason: "unknown_key" };
  const publicKey = await importSPKI(key.publicKey, "RS256");
  try {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ["RS256"],
      currentDate: new Date(nowMs),
      requiredClaims: ["sub", "exp"],
    });
    const { sub, aud, exp } = payload;
    if (typeof sub !== "string" || typeof exp !== "number") return { kind: "refused", reason: "malformed" };
    if (subject !== undefined && sub !== subject) return { kind: "refused", reason: "wrong_subject" };
    const made = [aud].flat(); // RFC 7519 §4.1.3: a text, or a list of them
    if (made.every((one) => one === undefined || one === "")) return { kind: "refused", reason: "no_audience" };
    const [audience, ...others] = audiences.filter((known) => made.includes(known));
    if (audience === undefined || others.length > 0) return { kind: "refused", reason: "wrong_audience" };
    return { kind: "valid", key, subject: sub, audience, expiresAtMs: exp * 1_000, claims: payload };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { kind: "refused", reason: reasonOf(error) };
  }
}

function keyIdOf(token: string): string | null {
  if (token.length > MAX_LENGTH) return null;
  try {
    const keyId = decodeProtectedHeader(token).kid ?? decodeJwt(token)["kid"];
    return typeof keyId === "string" && keyId !== "" ? keyId : null;
  } catch {
    return null; // what is no token is told in as many classes as there are ways to be none
  }
}

function reasonOf(error: errors.JOSEError): TokenRefusal {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "bad_signature";
  return "malformed"; // another algorithm, a claim that is missing, not valid yet
}
