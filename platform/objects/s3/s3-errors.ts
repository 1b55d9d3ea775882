import { S3ServiceException } from "@aws-sdk/client-s3";
import { ObjectsUnavailableError } from "../objects.ts";

/** Whether the store answered with one of these codes. HEAD has no body: its 404 and 412 have names of their own. */
export function isAnswer(error: unknown, ...codes: string[]): error is S3ServiceException {
  if (!(error instanceof S3ServiceException)) return false;
  const { httpStatusCode } = error.$metadata;
  return codes.includes(error.name) || (httpStatusCode === 412 && codes.includes("PreconditionFailed"));
}

/** What to look at first, by the codes that a wrong set-up meets. */
const ADVICE: Readonly<Record<string, string>> = {
  AccessDenied: "the credentials lack a permission (docs/s3.md lists them)",
  "403": "the credentials lack a permission (docs/s3.md lists them)",
  InvalidAccessKeyId: "the store does not know the key",
  SignatureDoesNotMatch: "the secret is another one, or the endpoint is changed by a proxy",
  NoSuchBucket: "the bucket does not exist",
  PermanentRedirect: "the bucket is in another region than OBJECTS_URL says",
  AuthorizationHeaderMalformed: "the bucket is in another region than OBJECTS_URL says",
  RequestTimeTooSkewed: "the clock of this machine is wrong",
};

/** No answer, and answers of an overloaded or failing store, pass; every other one needs a person. */
export function asStoreError(error: unknown, what: string): Error {
  if (error instanceof ObjectsUnavailableError) return error;
  if (!(error instanceof Error)) return new Error(`${what} failed`, { cause: error });
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (error.name === "CredentialsProviderError")
    return new Error(`${what}: there are no credentials; put them into OBJECTS_URL`, { cause: error });
  const passes =
    status === undefined || (status >= 500 && status !== 501) || status === 429 || error.name === "RequestTimeout";
  if (passes) return new ObjectsUnavailableError(`${what}: ${error.name}: ${error.message}`, { cause: error });
  const advice = ADVICE[error.name] ?? ADVICE[String(status)];
  const words = advice === undefined ? "" : `: ${advice}`;
  return new Error(`${what} was answered ${status} ${error.name}${words}`, { cause: error });
}
