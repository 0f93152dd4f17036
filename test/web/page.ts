import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { viewerPage } from '../../src/report/pages/viewer-page.ts'
import type { chapters } from '../../src/report/text/explain-text.ts'
import type { RunEvent, RunView, SentEnvelope } from '../../src/view/index.ts'
import { viewer } from '../../src/web/build.mjs'

/** What `npm run build:web` makes, made of the sources that are there now. */
export const script = await viewer()

export function page(run: RunView, told: ReturnType<typeof chapters> = []): string {
  return viewerPage(run, told, script)
}

/** The same run again and again, one behind the other: as long a run as is wanted, in all respects like a real one. */
export function repeated(run: RunView, times: number): RunView {
  const envelopes: SentEnvelope[] = []
  const events: RunEvent[] = []
  for (let i = 0; i < times; i++) {
    const [steps, first] = [i * run.events.length, i * run.envelopes.length]
    const later = (ids: readonly number[]): number[] => ids.map((id) => id + first)
    envelopes.push(
      ...run.envelopes.map((envelope) => ({
        ...envelope,
        id: envelope.id + first,
        sent: envelope.sent === null ? null : envelope.sent + steps,
        arrivals: envelope.arrivals.map(({ at, step }) => ({ at, step: step + steps })),
        restsOn: later(envelope.restsOn),
      })),
    )
    events.push(
      ...run.events.map((event) => ({
        ...event,
        number: event.number + steps,
        ...(event.trigger === undefined ? {} : { trigger: event.trigger + first }),
        receives: later(event.receives),
        sends: later(event.sends),
        fires: event.fires.map((fire) => ({
          ...fire,
          quorums: fire.quorums.map((one) => ({ ...one, envelopes: later(one.envelopes) })),
        })),
        causes: event.causes.map((cause) => cause + steps),
      })),
    )
  }
  return { ...run, envelopes, events }
}

/** A browser on this machine, if there is one: tests that need it say so when there is none. */
export function browser(): string | undefined {
  const named = process.env['TURNCOAT_BROWSER']
  if (named !== undefined && existsSync(named)) return named
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim()
    } catch {
      // Not this one.
    }
  }
  return undefined
}
