import { useEffect, useRef, useState } from 'preact/hooks'
import { decisionText, headline, sendingText } from '../report/text/captions.ts'
import type { RunEvent, RunView } from '../view/run.ts'
import type { PlacedArrow } from './model.ts'

/** The height of a step, in pixels. All are of one height, so that only those in sight need to be there. */
export const ROW = 38
const LANE = 74
const GUTTER = 52
/** The least width of the words beside the lanes: in a box that is too narrow, they are reached by scrolling. */
const WORDS = 260
/** Rows above and below the sight that are there all the same. */
const SPARE = 12
/** Where in its row the mark of a step is. */
const MIDDLE = 15

interface Props {
  readonly run: RunView
  readonly steps: readonly RunEvent[]
  readonly arrows: readonly PlacedArrow[]
  readonly selected: number
  readonly past: ReadonlySet<number>
  readonly found: ReadonlySet<number>
  readonly select: (number: number) => void
}

/** What is in sight, as rows: measured again when the box is scrolled or the window changes. */
function useSight(index: number) {
  const box = useRef<HTMLDivElement>(null)
  const [readSet, setSight] = useState({ top: 0, height: 800 })
  const measure = () => {
    const { scrollTop: top, clientHeight: height } = box.current!
    setSight({ top, height })
  }
  useEffect(() => {
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [])
  useEffect(() => {
    if (index < 0) return
    const { scrollTop, clientHeight } = box.current!
    const y = index * ROW
    if (y < scrollTop + ROW) box.current!.scrollTop = Math.max(0, y - 2 * ROW)
    else if (y > scrollTop + clientHeight - 3 * ROW) box.current!.scrollTop = y - clientHeight + 3 * ROW
  }, [index])
  const first = Math.max(0, Math.floor(readSet.top / ROW) - SPARE)
  return { box, measure, first, last: Math.ceil((readSet.top + readSet.height) / ROW) + SPARE }
}

/** The space-time diagram: only the rows in sight are drawn, however many there are. */
export function Diagram({ run, steps, arrows, selected, past, found, select }: Props) {
  const { box, measure, first, last } = useSight(steps.findIndex(({ number }) => number === selected))
  const width = GUTTER + run.lanes.length * LANE
  const seen = steps.slice(first, last + 1)
  return (
    <div class="diagram">
      <div class="lanes" style={{ minWidth: `${width + WORDS}px` }}>
        <Heads run={run} width={width} />
        <div class="scroll" ref={box} onScroll={measure}>
          <div style={{ height: `${steps.length * ROW + 8}px`, position: 'relative' }}>
            {seen.map((event, i) => (
              <Row
                key={event.number}
                {...{ run, event, width, select }}
                top={(first + i) * ROW}
                class={rowClass(event, selected, past, found, run)}
              />
            ))}
            <Lines {...{ run, arrows, selected, seen, first, width }} />
          </div>
        </div>
      </div>
    </div>
  )
}

interface LinesProps extends Pick<Props, 'run' | 'arrows' | 'selected'> {
  readonly seen: readonly RunEvent[]
  readonly first: number
  readonly width: number
}

/** Lanes, arrows and marks of the rows in sight. */
function Lines({ run, arrows, selected, seen, first, width }: LinesProps) {
  const x = (id: number): number => GUTTER + (run.lanes.findIndex((lane) => lane.id === id) + 0.5) * LANE
  const height = seen.length * ROW
  const last = first + seen.length - 1
  return (
    <svg class="lines" style={{ top: `${first * ROW}px` }} width={width} height={height} aria-hidden="true">
      {run.lanes.map(({ id, fault }) => (
        <line key={id} class={`lane ${fault}`} x1={x(id)} x2={x(id)} y1={0} y2={height} />
      ))}
      {arrows
        .filter((arrow) => arrow.first <= last && arrow.last >= first)
        .map((arrow) => (
          <Line
            key={`${arrow.envelope} ${arrow.to} ${arrow.kind}`}
            arrow={arrow}
            from={x(arrow.from)}
            to={x(arrow.to)}
            first={first}
            near={arrow.arrives === selected || arrow.sent === selected}
          />
        ))}
      {seen.map((event, i) => (
        <Mark
          key={event.number}
          event={event}
          x={x(event.at)}
          y={i * ROW + MIDDLE}
          isSelected={event.number === selected}
        />
      ))}
    </svg>
  )
}

function rowClass(
  event: RunEvent,
  selected: number,
  past: ReadonlySet<number>,
  found: ReadonlySet<number>,
  run: RunView,
): string {
  const last = run.events.length - run.healed.length
  const isHealed = event.number > last
  return [
    'row',
    event.number === selected ? 'selected' : '',
    event.number !== selected && past.has(event.number) ? 'past' : '',
    found.has(event.number) ? 'found' : '',
    event.byzantineMessage ? 'lie' : '',
    isHealed ? 'healed' : '',
    event.number === last + 1 && isHealed ? 'first-healed' : '',
  ].join(' ')
}

function Heads({ run, width }: { readonly run: RunView; readonly width: number }) {
  return (
    <div class="heads">
      <div style={{ width: `${GUTTER}px` }}>step</div>
      {run.lanes.map(({ id, name, fault, role }) => (
        <div key={id} class={`head ${fault}`} style={{ width: `${LANE}px` }}>
          <b>{name}</b>
          <small>
            {fault === 'byzantine'
              ? '■ Byzantine'
              : fault === 'crash'
                ? 'may crash'
                : role === 'client'
                  ? 'client'
                  : 'correct'}
          </small>
        </div>
      ))}
      <div class="words" style={{ left: `${width}px` }}>
        what happens
      </div>
    </div>
  )
}

interface RowProps {
  readonly run: RunView
  readonly event: RunEvent
  readonly width: number
  readonly top: number
  readonly class: string
  readonly select: (number: number) => void
}

function Row({ run, event, width, top, class: kind, select }: RowProps) {
  const decided = decisionText(event)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the page move the selection.
    // biome-ignore lint/a11y/noStaticElementInteractions: the same.
    <div
      class={kind}
      style={{ top: `${top}px`, height: `${ROW}px` }}
      data-step={event.number}
      onClick={() => select(event.number)}
    >
      <span class="number" style={{ width: `${GUTTER - 22}px` }}>
        {event.number}
      </span>
      <span class="caption" style={{ left: `${width}px` }}>
        <span class="what">{headline(run, event)}</span>
        <span class="then">
          {decided !== '' && <b class="decides">{decided} </b>}
          {event.threw !== undefined && <b class="throws">throws {event.threw} </b>}
          {sendingText(run, event)}
        </span>
      </span>
    </div>
  )
}

interface LineProps {
  readonly arrow: PlacedArrow
  readonly from: number
  readonly to: number
  readonly first: number
  readonly near: boolean
}

function Line({ arrow, from, to, first, near }: LineProps) {
  const isFromByzantine = arrow.kind === 'byzantine' || arrow.kind === 'forged'
  const y = (row: number): number => (row - first) * ROW + MIDDLE
  const y2 = y(arrow.last)
  const y1 = isFromByzantine ? y2 - 5 - 4 * (arrow.from % 3) : arrow.first < 0 ? -first * ROW : y(arrow.first)
  if (arrow.kind === 'missing') {
    const far = from + 22 * Math.sign(to - from)
    return (
      <g class="missing">
        <line x1={from} y1={y1} x2={far} y2={y1 + 8} />
        <path d={`M${far - 3} ${y1 + 5}l6 6m0-6l-6 6`} />
      </g>
    )
  }
  const length = Math.hypot(to - from, y2 - y1) || 1
  const [dx, dy] = [(to - from) / length, (y2 - y1) / length]
  const [tx, ty] = [to - dx * 6, y2 - dy * 6]
  const tip = `M${tx - dx * 7 - dy * 4} ${ty - dy * 7 + dx * 4}L${tx} ${ty}L${tx - dx * 7 + dy * 4} ${ty - dy * 7 - dx * 4}`
  const cross = `M${to - 4} ${y2 - 4}l8 8m0-8l-8 8`
  return (
    <g class={`${arrow.kind}${near ? ' near' : ''}`}>
      <line x1={from} y1={y1} x2={to} y2={y2} />
      {isFromByzantine && <rect x={from - 4} y={y1 - 4} width={8} height={8} />}
      <path d={arrow.kind === 'lost' ? cross : tip} />
    </g>
  )
}

function Mark({
  event,
  x,
  y,
  isSelected,
}: {
  readonly event: RunEvent
  readonly x: number
  readonly y: number
  readonly isSelected: boolean
}) {
  const { kind, outputs, threw } = event
  const ring = isSelected && <circle class="ring" cx={x} cy={y} r={11} />
  const mark =
    threw !== undefined || kind === 'crash' ? (
      <path class="stop" d={`M${x - 5} ${y - 5}l10 10m0-10l-10 10`} />
    ) : outputs.length > 0 ? (
      <path class="decision" d={`M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z`} />
    ) : kind === 'timeout' ? (
      <circle class="timeout" cx={x} cy={y} r={5} />
    ) : kind === 'input' || kind === 'coin' ? (
      <path class="step" d={`M${x - 6} ${y - 5}L${x + 6} ${y - 5}L${x} ${y + 5}Z`} />
    ) : (
      <circle class="step" cx={x} cy={y} r={4} />
    )
  return (
    <g>
      {ring}
      {mark}
    </g>
  )
}
