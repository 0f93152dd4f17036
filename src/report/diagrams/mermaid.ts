import type { RunEvent, RunView, SentEnvelope } from '../../view/run.ts'
import { decisionText, headline, shortMessage } from '../text/captions.ts'

/** Characters that mean something to Mermaid, or to the page around it, are written as their codes. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:()[\]{}…–!→_/+*='-]/gu, (character) => `#${character.codePointAt(0)};`)
}

function participants(run: RunView): string[] {
  return run.lanes.flatMap(({ name, fault }) => {
    if (fault === 'correct') return [`  participant ${name}`]
    if (fault === 'crash') return [`  participant ${name} as ${name} (may crash)`]
    return ['  box rgba(204, 51, 17, 0.15) Byzantine', `    participant ${name}`, '  end']
  })
}

/** A dotted line is a word of the coalition, a cross a loss. */
function arrow(run: RunView, envelope: SentEnvelope, event: RunEvent): string[] {
  const [from, to] = [envelope.from, event.at].map((id) => run.lanes.find((lane) => lane.id === id)?.name)
  if (from === undefined || to === undefined || from === to) return []
  const line = event.kind === 'loss' ? '-x' : envelope.origin === 'correct' ? '-)' : '--)'
  const mark = envelope.origin === 'correct' ? '' : envelope.origin === 'forged' ? '! (forged) ' : '! '
  return [`  ${from}${line}${to}: ${mark}${escaped(shortMessage(envelope.message))}`]
}

function note(run: RunView, at: number, text: string): string {
  return `  Note over ${run.lanes.find(({ id }) => id === at)!.name}: ${escaped(text)}`
}

function step(run: RunView, event: RunEvent): string[] {
  const envelopes = event.kind === 'loss' && event.trigger !== undefined ? [event.trigger] : event.receives
  const arrows = envelopes.flatMap((id) => arrow(run, run.envelopes[id]!, event))
  const alone = ['timeout', 'input', 'coin', 'crash', 'restart'].includes(event.kind)
    ? [note(run, event.at, headline(run, event))]
    : []
  const done = [decisionText(event), event.threw === undefined ? '' : `throws ${event.threw.slice(0, 40)}`]
  return [...arrows, ...alone, ...done.filter(Boolean).map((text) => note(run, event.at, text))]
}

/**
 * The run as a Mermaid sequence diagram, which GitHub and many editors draw. Only what was used is an arrow; who may
 * not be named in it is left out with `filtered`.
 */
export function mermaid(run: RunView): string {
  const ends = run.witness === null ? [] : [ending(run, `violated ${run.claim}: ${run.witness.slice(0, 120)}`)]
  return ['sequenceDiagram', ...participants(run), ...run.events.flatMap((event) => step(run, event)), ...ends].join(
    '\n',
  )
}

function ending({ lanes }: RunView, text: string): string {
  const [first, last] = [lanes[0]!.name, lanes.at(-1)!.name]
  return `  Note over ${first === last ? first : `${first},${last}`}: ${escaped(text)}`
}
