import Link from "next/link";
import type { ReactNode } from "react";
import type { Reference } from "../../reference/ask-reference.ts";
import { CodeText } from "./code-text.tsx";
import { ExampleTabs } from "./example-tabs.tsx";

/** What holds for every operation, and the way to each group. */
export function Overview({ origin, groups, refusals }: Reference) {
  const curl = `curl -u "$MUX_TOKEN_ID:$MUX_TOKEN_SECRET" \\\n  ${origin}/system/v1/whoami`;
  const node = `import Mux from "@mux/mux-node";\n\n// the token is that of MUX_TOKEN_ID and MUX_TOKEN_SECRET\nconst mux = new Mux({ baseURL: "${origin}" });\nconst answer = await mux.system.utilities.whoami();`;
  return (
    <div className="pb-16">
      <h1 className="font-semibold text-2xl tracking-[-0.02em]">API reference</h1>
      <p className="mt-2 max-w-prose text-base text-muted">
        Video and playback analytics over HTTP. Unmodified Mux SDKs work: give them this base URL and an access token.
      </p>
      <div className="mt-8 grid gap-x-10 gap-y-8 wide:grid-cols-[minmax(0,1fr)_minmax(0,27rem)]">
        <div className="min-w-0 space-y-7">
          <Topic title="Who asks">
            <CodeText text="Every call carries an access token: its id and secret by Basic authentication. A token belongs to one environment, and sees and changes only what is in it; ids of other environments are 404. Each operation names the permission it needs." />
          </Topic>
          <Topic title="Lists and times">
            <CodeText text="Lists in queries are written with brackets: `filters[]=country:US&filters[]=cdn:fastly`. Lists in answers go on page by page, `page` and `limit`; a page behind the last is empty. Some give `next_cursor`, which goes on behind the last row while new ones arrive. A range, `timeframe[]`, is two Unix times in seconds or one span up to now: `7:days`. Durations are milliseconds, bitrates bits per second, ratios and scores 0 to 1 (upscaling has no upper bound)." />
          </Topic>
          <Topic title="How often">
            <CodeText text="`X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) come with every answer to a known caller. Beyond them is 429 with `Retry-After`; the SDKs wait and ask again." />
          </Topic>
          <Topic title="Sending a write twice">
            <CodeText text="With an `Idempotency-Key` the same write is done once in 24 hours: repeated, it gives the first answer again; with another body it is 422. Every write takes one but for making a signing key, whose answer holds a secret that is not kept." />
          </Topic>
        </div>
        <div className="min-w-0 space-y-3">
          <ExampleTabs curl={curl} node={node} />
          <p className="text-muted text-sm">
            The whole API as one document:{" "}
            <a href={`${origin}/docs/openapi.json`} className="text-accent underline underline-offset-2">
              OpenAPI 3.1
            </a>
          </p>
        </div>
      </div>
      <h2 className="mt-12 border-b pb-2 font-semibold text-lg">Operations</h2>
      <ul>
        {groups.map(({ slug, name, description, operations }) => (
          <li key={slug} className="border-b">
            <Link
              href={`/docs/api/${slug}`}
              className="grid gap-x-6 px-2 py-3 hover:bg-sunken sm:-mx-2 sm:grid-cols-[11rem_minmax(0,1fr)_auto]"
            >
              <span className="font-medium">{name}</span>
              <span className="text-muted">{description}</span>
              <span className="text-faint text-xs leading-5 max-sm:hidden">{operations.length}</span>
            </Link>
          </li>
        ))}
      </ul>
      <h2 className="mt-12 border-b pb-2 font-semibold text-lg">Refusals</h2>
      <p className="mt-3 max-w-prose text-muted">
        <CodeText text='A failed answer is `{"error": {"type": "…", "messages": ["…"]}}`, with a type for programs and sentences for people. `X-Request-Id` names the request in our logs.' />
      </p>
      <dl className="mt-3">
        {refusals.map(({ type, description }) => (
          <div key={type} className="grid gap-x-6 border-t py-2 sm:grid-cols-[13rem_minmax(0,1fr)]">
            <dt className="font-mono text-sm">{type}</dt>
            <dd className="text-muted text-sm">
              <CodeText text={description} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Topic({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="font-semibold text-base">{title}</h2>
      <p className="mt-1 max-w-prose text-muted">{children}</p>
    </section>
  );
}
