// One voice at a time: what is said aloud stops what was being said.

import { api } from "../api";

let player: HTMLAudioElement | null = null;
let turn = 0;

export function hush(): void {
  turn++;
  player?.pause();
  player = null;
}

/** Says the words; resolves when they are over or hushed. Raises Refusal when there is no mouth. */
export async function aloud(language: string, words: string): Promise<void> {
  hush();
  const mine = turn;
  const sound = await api.voice(language, words.slice(0, 600));
  if (mine !== turn) return;
  const url = URL.createObjectURL(sound);
  const audio = new Audio(url);
  player = audio;
  try {
    await new Promise<void>((over) => {
      audio.onended = audio.onpause = audio.onerror = () => over();
      audio.play().catch(() => over());
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
