// @ts-check
/** Asking the hub again and again: once a second, more and more rarely while it does not answer. */

const interval = 1000;
const interval_max = 15000;

/** Milliseconds to wait after so many failures in a row. @param {number} failures */
export function delayAfter(failures) {
  return failures === 0 ? interval : Math.min(interval_max, interval * 2 ** (failures - 1));
}

/**
 * @template T
 * @typedef {{
 *   ask: (signal: AbortSignal) => Promise<T>,
 *   onAnswer: (answer: T) => void,
 *   onFailure: (error: unknown, delay: number) => void,
 *   setTimer?: (callback: () => void, delay: number) => unknown,
 *   clearTimer?: (timer: any) => void,
 * }} PollOptions
 */

/** @template T */
export class Poller {
  /** @param {PollOptions<T>} options */
  constructor(options) {
    this.options = options;
    this.setTimer = options.setTimer ?? ((callback, delay) => setTimeout(callback, delay));
    this.clearTimer = options.clearTimer ?? ((timer) => clearTimeout(timer));
    this.failures = 0;
    /** @type {unknown} */
    this.timer = null;
    /** @type {AbortController | null} */
    this.asking = null;
  }

  /** Stops waiting and drops an answer under way. */
  pause() {
    this.clearTimer(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  /** Asks at once, in place of whatever was planned. */
  async now() {
    this.pause();
    const asking = new AbortController();
    this.asking = asking;
    /** @type {T} */
    let answer;
    try {
      answer = await this.options.ask(asking.signal);
    } catch (error) {
      if (this.asking !== asking) return;
      this.failures += 1;
      this.plan();
      this.options.onFailure(error, delayAfter(this.failures));
      return;
    }
    if (this.asking !== asking) return;
    this.failures = 0;
    this.plan();
    this.options.onAnswer(answer);
  }

  plan() {
    this.asking = null;
    this.timer = this.setTimer(() => void this.now(), delayAfter(this.failures));
  }
}
