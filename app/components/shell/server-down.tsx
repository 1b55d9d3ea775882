import { Notice } from "./notice.tsx";

export function ServerDown() {
  return (
    <Notice title="The Playhead server does not answer">
      <p>You are still signed in. Beacons are being kept meanwhile; reload this page in a moment.</p>
    </Notice>
  );
}
