import { CodeLines } from "../ui/code-lines.tsx";
import { Panel } from "../ui/panel.tsx";

interface Props {
  /** null: none is in use, so nothing can be sent. */
  environmentKey: string | null;
  /** host:port */
  collector: string;
}

/** Nobody in half an hour: most likely nothing is built in yet, so this is how. */
export function EmptyAudience({ environmentKey, collector }: Props) {
  if (environmentKey === null) return <NoKey />;
  const lines = [
    `<script src="https://cdn.jsdelivr.net/npm/mux-embed@5"></script>`,
    `<script>mux.monitor("video", { beaconCollectionDomain: "${collector}", data: { env_key: "${environmentKey}" } })</script>`,
  ];
  return (
    <Panel aria-label="Nobody is watching" className="px-5 py-8 sm:px-10 sm:py-12">
      <div className="mx-auto max-w-4xl">
        <h2 className="mb-1 font-semibold text-xl tracking-[-0.01em]">Nobody is watching yet</h2>
        <p className="mb-6 max-w-xl text-muted">
          Put these two lines after the <code className="font-mono text-ink text-sm">&lt;video&gt;</code> of a page and
          press play. The viewer appears here within a second or two; there is no need to reload.
        </p>
        <CodeLines lines={lines} />
      </div>
    </Panel>
  );
}

function NoKey() {
  return (
    <Panel aria-label="Nobody is watching" className="px-5 py-8 sm:px-10 sm:py-12">
      <h2 className="mb-1 font-semibold text-xl tracking-[-0.01em]">Nobody is watching</h2>
      <p className="max-w-xl text-muted">All keys of this environment are revoked, so no player can reach it.</p>
    </Panel>
  );
}
