import type { ReactNode } from "react";

/** The shop's mark, as on the storefront. */
export function BrandMark({ size = 32 }: { size?: number }): ReactNode {
  return (
    <svg className="brand-mark" width={size} height={size} viewBox="0 0 40 40" aria-hidden="true">
      <circle className="mark-sun" cx="20" cy="14" r="7" />
      <path className="mark-line" d="M4 22h32M10 17v14M20 19v14M30 17v14" />
      <path
        className="mark-wave"
        d="M3 34c3 0 3-2.4 6-2.4s3 2.4 6 2.4 3-2.4 6-2.4 3 2.4 6 2.4 3-2.4 6-2.4 3 2.4 4 2.4"
      />
    </svg>
  );
}
