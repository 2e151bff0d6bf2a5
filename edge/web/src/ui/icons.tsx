// Our own few signs, drawn on a 20 by 20 grid. A sign never stands alone: a word is always beside
// it, so signs are hidden from screen readers.
import type { ComponentChildren } from "preact";

interface SignProps {
  children: ComponentChildren;
}

function Sign({ children }: SignProps) {
  return (
    <svg class="sign" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Bolt = () => (
  <Sign>
    <path class="fill" d="M11.4 1.8 4.6 11.2h4.2l-.9 7 7-9.9h-4.4z" />
  </Sign>
);

export const Bell = () => (
  <Sign>
    <path d="M4 14.5h12l-1.5-2.2V8.8a4.5 4.5 0 0 0-9 0v3.5zM8.3 17h3.4" />
  </Sign>
);

export const List = () => (
  <Sign>
    <path d="M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.5M3.5 10h.5M3.5 15h.5" />
  </Sign>
);

export const Warning = () => (
  <Sign>
    <path d="M10 2.8 18.2 17H1.8zM10 8v4.2M10 14.4v.4" />
  </Sign>
);

export const Stop = () => (
  <Sign>
    <path d="M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7zM10 6v5M10 13.6v.4" />
  </Sign>
);

export const Flame = () => (
  <Sign>
    <path d="M10 2c.4 3 4.8 5 4.8 9.8A4.8 5 0 0 1 10 17.5a4.8 5 0 0 1-4.8-5.2c0-2 1-3.3 2-4.3.3 1.3.8 1.9 1.5 2.3C8.4 7.2 8.5 4.4 10 2z" />
  </Sign>
);

export const Note = () => (
  <Sign>
    <circle cx="10" cy="10" r="7.6" />
    <path d="M10 9v5M10 6v.4" />
  </Sign>
);

export const Check = () => (
  <Sign>
    <path d="m3.5 10.5 4.2 4.2 8.8-9.2" />
  </Sign>
);

export const NoLink = () => (
  <Sign>
    <path d="M3 3l14 14M2.5 8.2a11 11 0 0 1 3.3-2M8.9 5.3a11 11 0 0 1 8.6 2.9M5.2 11.3A7 7 0 0 1 8 9.6M13 10.2a7 7 0 0 1 1.8 1.1M10 15.3v.3" />
  </Sign>
);

export const Later = () => (
  <Sign>
    <circle cx="10" cy="10" r="7.6" />
    <path d="M10 5.5V10l3 2" />
  </Sign>
);

export const Sun = () => (
  <Sign>
    <circle cx="10" cy="10" r="3.6" />
    <path d="M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4" />
  </Sign>
);

export const Moon = () => (
  <Sign>
    <path d="M16.5 12.4A7 7 0 0 1 7.6 3.5a7 7 0 1 0 8.9 8.9z" />
  </Sign>
);

export const Leave = () => (
  <Sign>
    <path d="M12 3H4v14h8M8.5 10H18M14.5 6.5 18 10l-3.5 3.5" />
  </Sign>
);

export const Back = () => (
  <Sign>
    <path d="M12.5 4 6.5 10l6 6" />
  </Sign>
);

export const Onward = () => (
  <Sign>
    <path d="m7.5 4 6 6-6 6" />
  </Sign>
);
