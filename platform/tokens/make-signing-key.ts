import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

const MODULUS_BITS = 2_048;

export interface SigningKeyPair {
  /** SubjectPublicKeyInfo, PEM. */
  publicKey: string;
  /** PKCS#1, PEM: every client reads it, older ones read nothing else. */
  privateKey: string;
}

/** A new RSA pair for RS256; 20 to 300 ms of processor time beside the main thread. */
export function makeSigningKey(): Promise<SigningKeyPair> {
  return promisify(generateKeyPair)("rsa", {
    modulusLength: MODULUS_BITS,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}
