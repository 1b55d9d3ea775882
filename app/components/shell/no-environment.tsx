import type { Person } from "../../session/wire.ts";
import { Notice } from "./notice.tsx";
import { PersonMenu } from "./person-menu.tsx";

export function NoEnvironment({ person }: { person: Person }) {
  return (
    <Notice title="No environment yet">
      <p className="mb-5">Your account belongs to no environment. Ask an owner of your organization to add you.</p>
      <PersonMenu person={person} />
    </Notice>
  );
}
