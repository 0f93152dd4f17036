import { useEffect, useState } from 'preact/hooks'
import { nameOf, type Setting } from '../model/setting.ts'
import { visible } from '../report/text/visible.ts'
import type { RunView } from '../view/index.ts'
import { ChoiceList, inShownOrder } from './choices.tsx'
import { FindingTable, Searching } from './searching.tsx'
import type { ExplorerSession, SessionState } from './session.ts'
import { RunPage } from './viewer.tsx'
import { WorkerError } from './worker-client.ts'

/** The keys of an explorer, besides those of the viewer. */
export const EXPLORER_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['1 … 9', 'take one of the first nine steps that can happen next'],
  ['Backspace', 'take back the last step; elsewhere, go to the one before'],
  ['r', 'let it run: a random walk from here'],
  ['b  B', 'next and previous run'],
]

/** Saves a text as a file of the reader's. */
export function download(name: string, text: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** What went wrong, with the place in the user's code and the remedy. */
export function Problem({ error }: { readonly error: Error | undefined }) {
  if (!error) return null
  const { place, suggestion } = error instanceof WorkerError ? error : { place: undefined, suggestion: undefined }
  return (
    <p class="problem" role="alert">
      {place && <b>{`${visible(place.path)}:${place.line}: `}</b>}
      {error.name === 'UsageError' || error.name === 'AuthorError' ? '' : `${visible(error.name)}: `}
      {visible(error.message)}
      {suggestion !== undefined && <span class="soft">; {visible(suggestion)}</span>}
    </p>
  )
}

interface Props {
  readonly session: ExplorerSession
  readonly state: SessionState
}

/** Milliseconds after which somebody is told that it takes long. */
const LONG = 3_000

/** Before there is a state to show: it may never come, where a handler runs for ever. */
function Beginning({ session, error }: { readonly session: ExplorerSession; readonly error: Error | undefined }) {
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG)
    return () => clearTimeout(timer)
  }, [error])
  if (error) {
    return (
      <>
        <Problem error={error} />
        <button type="button" onClick={() => void session.open()}>
          try again
        </button>
      </>
    )
  }
  return (
    <p class="soft" role="status">
      working … {isLong && 'the first state takes long: a handler, or `init`, may never end. '}
      <button type="button" onClick={() => void session.halt()}>
        stop
      </button>
    </p>
  )
}

/** A run that is made step by step. */
export function Explorer({ session, state }: Props) {
  const { run, choices, selected, opened, error } = state
  if (!run || !opened) return <Beginning session={session} error={error} />
  const { steps } = session.branch
  const press = (event: KeyboardEvent): boolean => {
    const { tagName = '', type } = event.target as HTMLInputElement
    const types = ['INPUT', 'SELECT', 'TEXTAREA'].includes(tagName) && type !== 'checkbox'
    if (types || event.ctrlKey || event.metaKey || event.altKey) return false
    const chosen = /^[1-9]$/.test(event.key) && inShownOrder(choices?.choices ?? [])[Number(event.key) - 1]
    if (chosen) void session.choose(chosen)
    else if (event.key === 'Backspace') void session.back()
    else if (event.key === 'r') void session.walk()
    else if (event.key === 'b' || event.key === 'B') nextBranch(session, event.key === 'b' ? 1 : -1)
    else return false
    return true
  }
  const aside = (
    <>
      <Problem error={error} />
      <FindingTable session={session} state={state} />
      <ChoiceList
        choices={choices}
        after={selected}
        isFork={selected < steps.length}
        choose={(choice) => void session.choose(choice)}
      />
    </>
  )
  const more = { head: <Tools session={session} state={state} run={run} />, aside, keys: EXPLORER_KEYS, press }
  return (
    <RunPage
      data={{ run, chapters: [] }}
      run={run}
      selected={Math.min(selected, run.events.length)}
      select={(number) => void session.select(number)}
      more={more}
    />
  )
}

function nextBranch(session: ExplorerSession, way: 1 | -1): void {
  const { branches, current } = session.state
  const at = branches.findIndex(({ id }) => id === current)
  void session.switchTo(branches[(at + way + branches.length) % branches.length]!.id)
}

/** Who is Byzantine, as a list says it. */
export function byzantineText({ byzantine, n }: Setting): string {
  return byzantine.length === 0 ? 'nobody' : byzantine.map((id) => nameOf(id, n)).join(', ')
}

function Tools({ session, state, run }: Props & { readonly run: RunView }) {
  const { branches, current, selected, opened, busy, seed } = state
  const { settings } = opened!
  const { setting, steps } = session.branch
  return (
    <div class="explorer-tools">
      <div class="tools">
        <button type="button" disabled={selected === 0} onClick={() => void session.back()}>
          ← {selected === steps.length ? 'take back' : 'step before'}
        </button>
        <button type="button" onClick={() => void session.walk()}>
          let it run <small>seed {seed}</small>
        </button>
        <Save session={session} run={run} />
        {settings.length > 1 && (
          <label>
            Byzantine{' '}
            <select
              value={settings.findIndex((one) => byzantineText(one) === byzantineText(setting))}
              onChange={(event) => void session.begin(settings[Number(event.currentTarget.value)]!)}
            >
              {settings.map((one, i) => (
                <option key={byzantineText(one)} value={i}>
                  {byzantineText(one)}
                </option>
              ))}
            </select>
          </label>
        )}
        <Searching session={session} state={state} />
        {busy && (
          <span class="soft">
            working …{' '}
            <button type="button" onClick={() => void session.halt()}>
              stop
            </button>
          </span>
        )}
      </div>
      <nav class="branches" aria-label="runs">
        {branches.map(({ id, steps: path, from }) => (
          <button
            type="button"
            key={id}
            class={id === current ? 'current' : ''}
            aria-current={id === current}
            onClick={() => void session.switchTo(id)}
          >
            {id}: {path.length} steps <small>{from}</small>
          </button>
        ))}
      </nav>
    </div>
  )
}

/** A button that saves the run as a trace, of one of the claims that it breaks. */
function Save({ session, run }: { readonly session: ExplorerSession; readonly run: RunView }) {
  const [saved, setSaved] = useState('')
  const [chosen, setChosen] = useState('')
  const truths = new Map([...run.truths, ...run.events.flatMap((event) => event.truths)].map((one) => [one.claim, one]))
  const broken = [...truths.values()].filter(({ is }) => is === 'violated').map(({ claim }) => claim)
  useEffect(() => setSaved(''), [run])
  if (broken.length === 0) {
    return (
      <button type="button" disabled title="A trace is a run that breaks a claim. This one breaks none.">
        save as trace
      </button>
    )
  }
  const claim = broken.includes(chosen) ? chosen : broken.includes(run.claim) ? run.claim : broken[0]!
  const save = async (): Promise<void> => {
    const text = await session.trace(claim)
    if (text === undefined) return
    const name = `${run.subject.replace(/[^\w-]+/g, '-')}-${claim}.json`
    download(name, text)
    const { file, source } = session.explored
    // The registered protocol is another one than what the page has been made to run.
    if (source.kind === 'changed') return setSaved(`saved: ${name}; it replays on the changed code`)
    setSaved(`turncoat replay ${name}${file === undefined ? '' : ` --subject ${file}`}`)
  }
  return (
    <>
      <button type="button" onClick={() => void save()}>
        save as trace: breaks {claim}
      </button>
      {broken.length > 1 && (
        <select
          aria-label="claim of the trace"
          value={claim}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {broken.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      )}
      {saved !== '' && <code>{saved}</code>}
    </>
  )
}

/** A session, and its state whenever that changes. */
export function useSession(make: (changed: (state: SessionState) => void) => ExplorerSession): Props | undefined {
  const [props, setProps] = useState<Props | undefined>()
  useEffect(() => {
    const session = make((state) => setProps({ session, state }))
    void session.open()
    return () => session.end()
  }, [])
  return props
}
