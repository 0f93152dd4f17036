import { type AnyMessage, type Context, canonical, type Id, type Json } from '../model/index.ts'

/** What a handler does, written down instead of done. */
export interface Deeds {
  readonly sent: { readonly to: Id | 'all'; readonly message: AnyMessage }[]
  readonly outputs: unknown[]
  readonly notes: unknown[]
  /** What it says and puts out, in order. */
  readonly told: ({ readonly says: unknown } | { readonly outputs: unknown })[]
  /** Timers that it sets and cancels, coins that it asks for: in order. */
  readonly timers: { readonly what: 'set' | 'cancel' | 'flip'; readonly name: string; readonly factor: number }[]
  state: Json
}

/** Does what was written down. */
export function perform({ sent, outputs, notes, timers }: Deeds, ctx: Context<any>): void {
  for (const { to, message } of sent) {
    if (to === 'all') ctx.broadcast(message)
    else ctx.send(to, message)
  }
  for (const output of outputs) ctx.output(output as never)
  for (const note of notes) ctx.note(note as never)
  for (const { what, name, factor } of timers) {
    if (what === 'set') ctx.setTimer(name as never, factor)
    else if (what === 'cancel') ctx.cancelTimer(name as never)
    else ctx.flip(name as never)
  }
}

/** Has nothing been done, in this state? */
export function isNothing({ sent, outputs, notes, timers, state }: Deeds, before: Json): boolean {
  return sent.length + outputs.length + notes.length + timers.length === 0 && canonical(state) === canonical(before)
}
