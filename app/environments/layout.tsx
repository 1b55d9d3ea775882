import type { ReactNode } from "react";
import { UploadsProvider } from "../components/videos/uploads-provider.tsx";

/** Above the environments, so that an upload goes on when a person looks at another one. */
export default function EnvironmentsLayout({ children }: { children: ReactNode }) {
  return <UploadsProvider>{children}</UploadsProvider>;
}
