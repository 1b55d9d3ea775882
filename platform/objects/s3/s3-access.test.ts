import { describe, expect, it } from "vitest";
import { parseS3Url } from "./s3-access.ts";

describe("parseS3Url", () => {
  it("reads a bucket of Amazon's, whose credentials the machine has", () => {
    expect(parseS3Url("s3://films/playhead?region=eu-central-1")).toEqual({
      bucket: "films",
      prefix: "playhead/",
      region: "eu-central-1",
      endpoint: null,
      credentials: null,
    });
  });

  it("reads another store with credentials in the URL", () => {
    expect(parseS3Url("s3://AK:a%2Fb%2Bc@films?endpoint=http://127.0.0.1:9000")).toEqual({
      bucket: "films",
      prefix: "",
      region: "us-east-1",
      endpoint: "http://127.0.0.1:9000",
      credentials: { accessKeyId: "AK", secretAccessKey: "a/b+c" },
    });
  });

  it.each([
    ["", "is not like"],
    ["https://films", "is not like"],
    ["s3://films", "region"],
    ["s3://Films?region=x", "bucket"],
    ["s3://films/a@b?region=x", "percent-encoded"],
    ["s3://AK:a%@films?region=x", "percent-encoded"],
    ["s3://films/a b?region=x", "prefix"],
    ["s3://films?region=x&tls=1", "unknown parameter"],
    ["s3://films?endpoint=minio:9000", "endpoint"],
  ])("says what is wrong with %s", (url, words) => {
    expect(parseS3Url(url)).toContain(words);
  });

  it("never repeats a secret", () => {
    for (const url of [
      "s3://AK:hush@F?region=x",
      "s3://AK:hush@films",
      "s3://AK:hush@films/ä?region=x",
      "s3://AK:x/hush@films",
    ])
      expect(parseS3Url(url)).not.toContain("hush");
  });
});
