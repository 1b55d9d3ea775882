import { describe, expect, it } from "vitest";
import { checkSignature, type SignedRequest } from "./s3-signature.ts";

/** The examples of Amazon's "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)". */
const ACCESS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
};
const NOW_MS = Date.UTC(2013, 4, 24);
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function example(
  request: Pick<SignedRequest, "method" | "path" | "query">,
  headers: Record<string, string>,
  signature: string,
): SignedRequest {
  const all: Record<string, string> = {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-content-sha256": EMPTY,
    "x-amz-date": "20130524T000000Z",
    ...headers,
  };
  const scope = `${ACCESS.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
  const signed = Object.keys(all).sort().join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=${signature}`;
  return { ...request, headers: { ...all, authorization } };
}

const EXAMPLES = [
  example(
    { method: "GET", path: "/test.txt", query: "" },
    { range: "bytes=0-9" },
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ),
  example(
    { method: "PUT", path: "/test%24file.text", query: "" },
    {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    },
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ),
  example(
    { method: "GET", path: "/", query: "lifecycle" },
    {},
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  ),
  example(
    { method: "GET", path: "/", query: "max-keys=2&prefix=J" },
    {},
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  ),
];

describe("checkSignature", () => {
  it("accepts Amazon's four examples", () => {
    for (const request of EXAMPLES) expect(checkSignature(request, ACCESS, NOW_MS)).toEqual({ ok: true });
  });

  it("refuses whatever was changed afterwards", () => {
    const [request] = EXAMPLES;
    if (request === undefined) throw new Error("no example");
    const wrong = { ok: false, code: "SignatureDoesNotMatch" };
    expect(checkSignature({ ...request, path: "/other" }, ACCESS, NOW_MS)).toEqual(wrong);
    expect(checkSignature({ ...request, query: "versions" }, ACCESS, NOW_MS)).toEqual(wrong);
    const headers = { ...request.headers, range: "bytes=0-10" };
    expect(checkSignature({ ...request, headers }, ACCESS, NOW_MS)).toEqual(wrong);
    expect(checkSignature(request, { ...ACCESS, secretAccessKey: "other" }, NOW_MS)).toEqual(wrong);
  });

  it("refuses unsigned headers of the protocol, other keys, other regions and old requests", () => {
    const [request] = EXAMPLES;
    if (request === undefined) throw new Error("no example");
    const added = { ...request, headers: { ...request.headers, "x-amz-meta-more": "1" } };
    expect(checkSignature(added, ACCESS, NOW_MS)).toEqual({ ok: false, code: "AccessDenied" });
    expect(checkSignature({ ...request, headers: {} }, ACCESS, NOW_MS)).toEqual({ ok: false, code: "AccessDenied" });
    const other = { ...ACCESS, accessKeyId: "other" };
    expect(checkSignature(request, other, NOW_MS)).toEqual({ ok: false, code: "InvalidAccessKeyId" });
    const elsewhere = { ...ACCESS, region: "eu-central-1" };
    expect(checkSignature(request, elsewhere, NOW_MS)).toEqual({ ok: false, code: "AuthorizationHeaderMalformed" });
    const old = checkSignature(request, ACCESS, NOW_MS + 16 * 60_000);
    expect(old).toEqual({ ok: false, code: "RequestTimeTooSkewed" });
  });
});
