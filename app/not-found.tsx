import { Notice } from "./components/shell/notice.tsx";

export default function NotFound() {
  return (
    <Notice title="There is nothing here">
      <p>
        The page does not exist, or it belongs to an environment that is not yours.{" "}
        <a href="/" className="text-accent underline underline-offset-2">
          Go to your environments
        </a>
      </p>
    </Notice>
  );
}
