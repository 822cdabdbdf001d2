import type { ReactNode } from "react";

const PATHS = {
  harbour: "M3 12h18M7 8v11M12 10v11M17 8v11M4 5c2 0 2 1.5 4 1.5S10 5 12 5s2 1.5 4 1.5S18 5 20 5",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  declined: "M12 3a9 9 0 100 18 9 9 0 000-18zM6 6l12 12",
  stack: "M4 7h16v4H4zM4 13h16v4H4zM8 9h2M8 15h2",
  lease: "M8 4h8v4H8zM6 6H4v15h16V6h-2M8 12h8M8 16h5",
  book: "M5 4h11a3 3 0 013 3v13H8a3 3 0 01-3-3zM5 17a3 3 0 013-3h11M9 8h6",
  key: "M15 9a4 4 0 11-8 0 4 4 0 018 0zM11 13v8M11 17h3M11 20h3",
  people:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 5a3 3 0 010 6M18 14c2 .7 3 3 3 6",
  shield: "M12 3l8 3v6c0 4.5-3.2 7.8-8 9-4.8-1.2-8-4.5-8-9V6zM9 12l2 2 4-4",
  token: "M4 5h16v14H4zM8 10l3 2.5L8 15M13 15h3",
  account: "M12 11a4 4 0 100-8 4 4 0 000 8zM4 21c0-4 3.5-7 8-7s8 3 8 7",
  leave: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  moon: "M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  eye: "M2 12c2.5-4.5 6-6.5 10-6.5s7.5 2 10 6.5c-2.5 4.5-6 6.5-10 6.5S4.5 16.5 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z",
  eye_off:
    "M4 4l16 16M9.5 6c.8-.3 1.6-.5 2.5-.5 4 0 7.5 2 10 6.5-.8 1.4-1.7 2.6-2.7 3.5M6 7.5C4.5 8.6 3.1 10.1 2 12c2.5 4.5 6 6.5 10 6.5 1.7 0 3.3-.4 4.7-1.1",
  down: "M6 9l6 6 6-6",
  back: "M20 12H4M10 6l-6 6 6 6",
  check: "M5 13l4 4L19 7",
  warning: "M12 4l9 16H3zM12 10v5M12 17.5v.1",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the words beside it, or the label of its button, say the same. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
