// What the page tells in passing: read aloud by screen readers, and shown for a while.

export interface Notice {
  text: string;
  /** What the button beside it does, if it has one. */
  undo: (() => void) | null;
}

const SHOWN = 9000;

class Notices {
  shown = $state<Notice | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  tell(text: string, undo: (() => void) | null = null): void {
    clearTimeout(this.timer);
    this.shown = { text, undo };
    this.timer = setTimeout(() => (this.shown = null), SHOWN);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.shown = null;
  }
}

export const notices = new Notices();
