import { FileUp, RotateCw, TriangleAlert, X } from "lucide-react";
import type { Upload } from "../../videos/upload-state.ts";
import { Button } from "../ui/button.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { describeUpload, uploadRatio } from "./describe-upload.ts";

interface Props {
  upload: Upload;
  onCancel(): void;
  onRetry(): void;
}

/** A file on its way. It gives its place to the video that comes of it. */
export function UploadRow({ upload, onCancel, onRetry }: Props) {
  const { title, state } = upload;
  const hasFailed = state.kind === "failed";
  const canCancel = state.kind === "waiting" || state.kind === "sending" || hasFailed;
  return (
    <li className="upload-grid px-3 py-2" data-testid="upload" data-state={state.kind}>
      <span className="grid aspect-video w-full place-items-center rounded-xs bg-sunken">
        {hasFailed ? (
          <TriangleAlert aria-hidden className="size-4 text-bad" />
        ) : (
          <FileUp aria-hidden className="size-4 text-accent" />
        )}
      </span>
      <div className="min-w-0">
        <p className="truncate font-medium">{title}</p>
        {!hasFailed && (
          <ProgressBar ratio={uploadRatio(upload)} label={`Upload of ${title}`} className="my-1 max-w-160" />
        )}
        <p className={hasFailed ? "text-bad text-xs" : "text-muted text-xs"} role={hasFailed ? "alert" : undefined}>
          {describeUpload(upload)}
        </p>
      </div>
      <div className="flex gap-1">
        {hasFailed && upload.sizeBytes > 0 && (
          <Button size="small" onClick={onRetry} aria-label={`Retry upload of ${title}`}>
            <RotateCw aria-hidden className="size-3.5" />
            Retry
          </Button>
        )}
        {canCancel && (
          <Button
            kind="quiet"
            size="icon"
            onClick={onCancel}
            aria-label={hasFailed ? `Dismiss ${title}` : `Cancel upload of ${title}`}
            title={hasFailed ? "Dismiss" : "Cancel"}
          >
            <X aria-hidden className="size-4" />
          </Button>
        )}
      </div>
    </li>
  );
}
