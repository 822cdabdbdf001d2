import { type ReactNode, useMemo } from "react";
import { encode } from "uqr";

/** The dark squares as one path, a row's neighbours joined. */
export function qrPath(rows: readonly (readonly boolean[])[]): string {
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; ++x) {
      if (row[x] !== true) continue;
      const start = x;
      while (row[x + 1] === true) ++x;
      path += `M${start} ${y}h${x - start + 1}v1h-${x - start + 1}z`;
    }
  });
  return path;
}

/** Dark on light in both themes: many readers do not know the reverse. */
export function QrCode({ text, label }: { text: string; label: string }): ReactNode {
  const code = useMemo(() => encode(text, { ecc: "M", border: 4 }), [text]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${code.size} ${code.size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect className="qr-light" width={code.size} height={code.size} />
      <path className="qr-dark" d={qrPath(code.data)} />
    </svg>
  );
}
