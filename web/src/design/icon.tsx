const paths = {
  running: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M10 8.5v7l5.5-3.5z",
  busy: "M12 3a9 9 0 1 0 9 9",
  stopped: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.5 9.5h5v5h-5z",
  failed: "M12 3.5 2.5 20h19zM12 10v4.5M12 17.2v.1",
  queued: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7.5V12l3 2",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  skip: "M5 12h14",
  dot: "M12 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3",
  terminal: "M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M7 9.5l2.5 2.5L7 14.5M12 15h4",
  plus: "M12 5v14M5 12h14",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20 20",
  home: "M4 11l8-7 8 7M6 9.5V20h12V9.5",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
  health: "M3 12h4l2.5-6 4 12 2.5-6h5",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M14 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0M6 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0",
  users: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3 20c0-3.3 2.7-5.5 6-5.5s6 2.2 6 5.5M16 4.5a3.5 3.5 0 0 1 0 6.4M17.5 15c2.1.7 3.5 2.5 3.5 5",
  person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5c0-3.8 3.3-6 7.5-6s7.5 2.2 7.5 6",
  copy: "M9 9h10v11H9zM5 15V4h10",
  more: "M5 12h.1M12 12h.1M19 12h.1",
  chevron: "M9 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.5M12 7.8v.1",
  play: "M7 4.5v15l12-7.5z",
  stop: "M6 6h12v12H6z",
  restart: "M20 12a8 8 0 1 1-2.5-5.8M20 3.5V8h-4.5",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  splitRight: "M4 5h16v14H4zM12 5v14",
  splitDown: "M4 5h16v14H4zM4 12h16",
  zoom: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  share: "M12 15V4M8 7.5L12 3.5l4 4M5 12v8h14v-8",
  offline: "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.5M8.5 16a5 5 0 0 1 7 0M12 19.5v.1M13.5 9.6a10 10 0 0 1 5.5 2.9",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  record: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  template: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  keyboard: "M3 6h18v12H3zM7 10h.1M11 10h.1M15 10h.1M8 14.5h8",
  key: "M8 14a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11.5 11.5L20 20M16 16l2-2",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  back: "M11 5l-7 7 7 7M4.5 12H20",
  upload: "M12 16V5M7.5 9L12 4.5 16.5 9M4 19.5h16",
  gear: "M4 7h10M18 7h2M4 17h2M10 17h10",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
} as const;

export type IconName = keyof typeof paths;

/** Decoration beside a word; the word says it to a screen reader. */
export function Icon({ name, size = 18, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg className={className} width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0d5c63" />
      <path d="M8 9.5h16M10 9.5v11.2a2.8 2.8 0 0 0 2.8 2.8h6.4a2.8 2.8 0 0 0 2.8-2.8V9.5" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M13.2 14.6l2.6 2.4-2.6 2.4" fill="none" stroke="#8ee3d8" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
