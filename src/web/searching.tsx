import { useState } from 'preact/hooks'
import { visible } from '../report/text/visible.ts'
import type { Opened, SearchFinding } from './messages.ts'
import type { ExplorerSession, SessionState } from './session.ts'

interface Props {
  readonly session: ExplorerSession
  readonly state: SessionState
}

/** The claims that are searched for where nobody chooses one. */
export function defaultClaims({ explored }: ExplorerSession, { claims }: Opened): readonly string[] {
  return explored.claims ?? claims.filter(({ isDefault }) => isDefault).map(({ name }) => name)
}

/** Buttons that search, and what a search says. */
export function Searching({ session, state }: Props) {
  const [chosen, setChosen] = useState('')
  const { opened, selected } = state
  if (!opened) return null
  const claims = chosen === '' ? defaultClaims(session, opened) : [chosen]
  const here = selected === 0 ? '' : ' from here'
  const button = (how: 'fuzz' | 'check') => (
    <button type="button" class="search-button" onClick={() => void session.search(how, claims)}>
      {how}
      {here}
    </button>
  )
  return (
    <span class="searching">
      {button('check')}
      {button('fuzz')}
      <select
        aria-label="claims to search for"
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        <option value="">{session.explored.claims?.join(', ') ?? 'all safety claims'}</option>
        {opened.claims.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <SearchState session={session} state={state} />
    </span>
  )
}

/** How far a search is, with a button that ends it. */
export function SearchState({ session, state: { search } }: Props) {
  if (search?.tells === undefined) return null
  return (
    <>
      <button type="button" onClick={() => session.stop()}>
        stop
      </button>
      <span class="soft" role="status">
        {search.how}: {search.tells}
      </span>
    </>
  )
}

/** What a search has found, each violation with a button that shows it. */
export function FindingTable({ session, state: { search }, shown }: Props & { readonly shown?: () => void }) {
  if (!search || search.tells !== undefined) return null
  const title = `${search.how}${search.from > 0 ? ` from step ${search.from}` : ''}`
  return (
    <ul class="findings" aria-label={`results of ${title}`}>
      {grouped(search.findings).map((alike) => (
        <Row key={alike[0]!.claim} alike={alike} show={() => void session.show(alike[0]!).then(shown)} />
      ))}
    </ul>
  )
}

/** Violations first, each for itself; claims of which the same is said, as one. */
function grouped(findings: readonly SearchFinding[]): SearchFinding[][] {
  const groups = new Map<string, SearchFinding[]>()
  for (const one of [...findings].sort((a, b) => Number(b.verdict === 'violated') - Number(a.verdict === 'violated'))) {
    const key = one.steps ? one.claim : `${one.verdict}: ${one.text}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

function Row({ alike, show }: { readonly alike: readonly SearchFinding[]; readonly show: () => void }) {
  const { verdict, text, steps } = alike[0]!
  const sign = verdict === 'violated' ? '✗' : verdict === 'holds' ? '✓' : '·'
  return (
    <li class={verdict}>
      <b>
        {sign} {verdict.replace('-', ' ')} {alike.map(({ claim }) => claim).join(', ')}
      </b>
      {steps && (
        <button type="button" onClick={show}>
          show
        </button>
      )}
      <p>{visible(text)}</p>
    </li>
  )
}
