// What is said into the microphone, as the ear takes it: PCM, signed 16-bit, mono, 8 kHz.

import tap from "./tap.worklet.js?url";

const RATE = 8000;
export const LONGEST = 15;

export interface Recording {
  /** Ends it; gives the sound. */
  stop(): Promise<ArrayBuffer>;
}

/** Begins to listen. Raises DOMException when the browser has no microphone, or may not use it. */
export async function listen(over: () => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  const context = new AudioContext();
  await context.audioWorklet.addModule(tap);
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
  const blocks: Float32Array[] = [];
  node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => blocks.push(data);
  source.connect(node);
  const limit = setTimeout(over, LONGEST * 1000);
  return {
    async stop() {
      clearTimeout(limit);
      source.disconnect();
      for (const track of stream.getTracks()) track.stop();
      const rate = context.sampleRate;
      await context.close();
      return pcm(await slower(blocks, rate));
    },
  };
}

/** The blocks at 8 kHz; the browser's own resampler keeps what lies above out. */
async function slower(blocks: readonly Float32Array[], rate: number): Promise<Float32Array> {
  const length = Math.min(blocks.reduce((sum, block) => sum + block.length, 0), LONGEST * rate);
  if (length === 0) return new Float32Array();
  const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil((length * RATE) / rate)), RATE);
  const buffer = offline.createBuffer(1, length, rate);
  let at = 0;
  for (const block of blocks) {
    buffer.copyToChannel(new Float32Array(block.subarray(0, Math.max(0, length - at))), 0, at);
    at += block.length;
    if (at >= length) break;
  }
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}

/** -1..1 as signed 16-bit, little end first. */
export function pcm(samples: Float32Array): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, place) => view.setInt16(place * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true));
  return view.buffer;
}
