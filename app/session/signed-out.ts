/** Tells this browser's other tabs that nobody is signed in any more: they would go on until their socket token ends. */
const CHANNEL = "playhead-session";

export function announceSignedOut(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("signed_out");
  channel.close();
}

/** Calls back when another tab signs out; the result ends the listening. */
export function onSignedOutElsewhere(callback: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = callback;
  return () => channel.close();
}
