import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDomainPattern, type Restriction, refusalOf, type Visitor } from "./restriction.ts";

const RULES: Restriction = {
  allowedDomains: ["example.com", "*.example.com"],
  allowNoReferrer: false,
  allowNoUserAgent: false,
  allowHighRiskUserAgent: false,
};
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const from = (referrer: string | null, rules: Partial<Restriction> = {}, visitor: Partial<Visitor> = {}) =>
  refusalOf({ ...RULES, ...rules }, { referrer, origin: null, userAgent: CHROME, ...visitor });

describe("refusalOf, by referrer", () => {
  it.each([
    "https://example.com/watch?v=1",
    "https://example.com",
    "http://EXAMPLE.com:8080/",
    "https://example.com./",
    "https://user:secret@example.com/a",
    "https://www.example.com/",
  ])("lets %s in", (referrer) => expect(from(referrer)).toBeNull());

  it.each([
    "https://a.b.example.com/", // a wildcard is one label
    "https://evilexample.com/",
    "https://example.com.evil.org/",
    "https://evil.org/?https://example.com/",
    "https://evil.org/@example.com/",
    "https://evil.org\\@example.com/",
    "https://evil.org#@example.com/",
    "https://.example.com/",
    "ftp://example.com/",
    "example.com",
    "about:blank",
  ])("keeps %s out", (referrer) => expect(from(referrer)).toBe("referrer_denied"));

  it("knows nobody, everybody, and those who do not tell", () => {
    expect(from("https://example.com/", { allowedDomains: [] })).toBe("referrer_denied");
    expect(from("https://anything.test/", { allowedDomains: ["*"] })).toBeNull();
    for (const nothing of [null, "", " "]) {
      expect(from(nothing)).toBe("referrer_missing");
      expect(from(nothing, { allowedDomains: ["*"] })).toBe("referrer_missing");
      expect(from(nothing, { allowedDomains: [], allowNoReferrer: true })).toBeNull();
    }
  });

  it("takes the origin where the page sends no referrer", () => {
    expect(from(null, {}, { origin: "https://example.com" })).toBeNull();
    expect(from(null, { allowNoReferrer: true }, { origin: "https://evil.org" })).toBe("referrer_denied");
    expect(from("https://evil.org/", {}, { origin: "https://example.com" })).toBe("referrer_denied");
    expect(from(null, {}, { origin: "null" })).toBe("referrer_missing");
  });

  it("covers exactly the hosts with one more label", () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 5 }), fc.nat({ max: 4 }), (labels, dropped) => {
        const allowedDomains = [`*.${labels.slice(dropped).join(".")}`];
        const isOneMore = dropped === 1;
        expect(from(`https://${labels.join(".")}/`, { allowedDomains }) === null).toBe(isOneMore);
      }),
    );
  });
});

describe("refusalOf, by user agent", () => {
  const by = (userAgent: string | null, rules: Partial<Restriction> = {}) =>
    from("https://example.com/", rules, { userAgent });

  it("knows programs that fetch, and lets players be", () => {
    for (const agent of [
      "curl/8.5.0",
      "Wget/1.24",
      "python-requests/2.32",
      "Lavf/61.7.100",
      "Mozilla/5.0 yt-dlp/2026",
    ]) {
      expect(by(agent)).toBe("user_agent_denied");
      expect(by(agent, { allowHighRiskUserAgent: true })).toBeNull();
    }
    for (const agent of [
      CHROME,
      "AppleCoreMedia/1.0.0.22F76 (iPhone; U; CPU OS 18_5)",
      "ExoPlayerLib/2.19",
      "okhttp/4.12",
    ]) {
      expect(by(agent)).toBeNull();
    }
    expect(by(null)).toBe("user_agent_missing");
    expect(by("", { allowNoUserAgent: true })).toBeNull();
  });
});

describe("isDomainPattern", () => {
  it("takes hosts, alone or behind one wildcard", () => {
    for (const good of ["*", "example.com", "*.example.com", "localhost", "www.gstatic.com", "xn--bcher-kva.de"]) {
      expect([good, isDomainPattern(good)]).toEqual([good, true]);
    }
    for (const bad of [
      "",
      "*.",
      "*.*.com",
      "a.*.com",
      "https://a.com",
      "a.com:80",
      "a.com/x",
      "A.com",
      "-a.com",
      "a..com",
    ]) {
      expect([bad, isDomainPattern(bad)]).toEqual([bad, false]);
    }
  });
});
