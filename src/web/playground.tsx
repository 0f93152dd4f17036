import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { copy } from './copy.ts'
import { Editor } from './editor.tsx'
import { download, Explorer, Problem } from './explore-page.tsx'
import { pageText } from './page-text.ts'
import { type EditedProtocol, edited, explored, OWN, type PlaygroundData, variantsOf } from './protocol-choice.ts'
import { defaultClaims, FindingTable, SearchState } from './searching.tsx'
import { ExplorerSession, type SessionState } from './session.ts'
import { type FormValues, SettingForm } from './setting-form.tsx'
import { fragmentOf, type Shared, sharedIn } from './share.ts'
import { WorkerError } from './worker-client.ts'

const data = JSON.parse(pageText('turncoat-explored')) as PlaygroundData
const engine = JSON.parse(pageText('turncoat-engine')) as string

/** What a reader sees first: the protocol of the course, and a variant of it that breaks. */
const FIRST: FormValues = { n: '4', byzantine: '0' }

/** A protocol that was opened, with what is known of it. */
interface OpenProtocol {
  readonly session: ExplorerSession
  readonly state: SessionState
}

/** The protocol in the editor, and what the fields say. */
function useDraft() {
  const [protocol, setProtocol] = useState<EditedProtocol>(() => edited(data, '', {}))
  const [form, setForm] = useState<FormValues>(FIRST)
  const [path, setPath] = useState(OWN)
  /** Another one begins a new editor. */
  const [edition, setEdition] = useState(0)
  const show = (next: EditedProtocol, fields: FormValues): void => {
    setProtocol(next)
    setForm(fields)
    setEdition((before) => before + 1)
    setPath(next.changed[0] ?? Object.keys(next.files).find((file) => file.includes(`/${next.name}.`)) ?? OWN)
  }
  return { protocol, setProtocol, form, setForm, path, setPath, edition, show }
}

/** What a link brought, or why it could not be read. */
function useLink(show: (shared: Shared) => void, fail: (error: Error) => void): void {
  useEffect(() => {
    const follow = (): void => {
      sharedIn(location.hash).then((shared) => shared && show(shared), fail)
    }
    follow()
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
}

/** The protocol as it was opened last, and what its buttons do. */
function useOpened({ protocol, form }: Draft) {
  const [open, setOpen] = useState<OpenProtocol | undefined>()
  const [error, setError] = useState<Error | undefined>()
  const [isRun, setRun] = useState(false)
  const close = (): void => {
    open?.session.end()
    setOpen(undefined)
    setError(undefined)
    setRun(false)
  }
  const act = async (how: 'check' | 'fuzz' | 'explore'): Promise<void> => {
    close()
    try {
      const session = new ExplorerSession(explored(protocol, form), engine, (state) => setOpen({ session, state }))
      const opened = await session.open()
      if (!opened) return
      if (how === 'explore') setRun(true)
      else await session.search(how, defaultClaims(session, opened), opened.settings)
    } catch (problem) {
      setError(problem as Error)
    }
  }
  return { open, error, setError, isRun, setRun, close, act }
}

function Playground() {
  const draft = useDraft()
  const { protocol, form } = draft
  const { open, error, setError, isRun, setRun, close, act } = useOpened(draft)
  const [isForeign, setForeign] = useState(false)
  useLink((shared) => {
    close()
    draft.show(edited(data, shared.protocol, shared.files), shared.form)
    setForeign(true)
  }, setError)
  const problem = error ?? open?.state.error
  if (isRun && open) {
    return (
      <div class="run-view">
        <button type="button" class="to-code" onClick={() => setRun(false)}>
          ← code
        </button>
        <Explorer {...open} />
      </div>
    )
  }
  return (
    <div class="page">
      <Head
        draft={draft}
        close={() => {
          close()
          setForeign(false)
        }}
      />
      <div class="main playground">
        <Files draft={draft} problem={problem} check={() => void act('check')} />
        <aside class="details">
          {isForeign && (
            <p class="foreign" role="note">
              This code came with a link. Nothing of it has run. It runs when you press a button below, in a worker that
              reaches no network and no other page.
            </p>
          )}
          <SettingForm form={form} change={draft.setForm} />
          <div class="tools">
            {(['check', 'fuzz', 'explore'] as const).map((how) => (
              <button type="button" key={how} class="search-button" onClick={() => void act(how)}>
                {how}
              </button>
            ))}
            {open?.state.busy && !open.state.search && (
              <button type="button" onClick={close}>
                stop
              </button>
            )}
            {open && <SearchState session={open.session} state={open.state} />}
          </div>
          <Problem error={problem} />
          {open && <FindingTable {...open} shown={() => setRun(true)} />}
          <Hints protocol={protocol} />
        </aside>
      </div>
    </div>
  )
}

type Draft = ReturnType<typeof useDraft>

function Head({ draft, close }: { readonly draft: Draft; readonly close: () => void }) {
  const { protocol, form, setForm, show } = draft
  const [isCopied, setCopied] = useState(false)
  useEffect(() => setCopied(false), [protocol, form])
  const share = async (): Promise<void> => {
    const files = Object.fromEntries(protocol.changed.map((path) => [path, protocol.files[path]!]))
    const hash = await fragmentOf({ protocol: protocol.name, files, form })
    history.replaceState(null, '', hash)
    setCopied(await copy(location.href))
  }
  const variants = variantsOf(protocol)
  return (
    <header class="tools playground-head">
      <h1>Turncoat playground</h1>
      <label>
        protocol{' '}
        <select
          value={protocol.name}
          onChange={(event) => {
            close()
            show(edited(data, event.currentTarget.value, {}), FIRST)
          }}
        >
          <option value="">your own: echo broadcast</option>
          {data.protocols.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        variant{' '}
        <select
          value={form['variant'] ?? ''}
          onChange={(event) => setForm({ ...form, variant: event.currentTarget.value })}
        >
          <option value="">the protocol itself</option>
          {variants.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => void share()}>
        {isCopied ? 'link copied' : 'copy link'}
      </button>
      <button
        type="button"
        onClick={() => {
          for (const path of Object.keys(protocol.files))
            download(path.split('/').at(-1)!, protocol.files[path]!, 'text/plain')
        }}
      >
        save code
      </button>
      {protocol.changed.length > 0 && (
        <button type="button" onClick={() => show(edited(data, protocol.name, {}), form)}>
          as it was
        </button>
      )}
    </header>
  )
}

interface FilesProps {
  readonly draft: Draft
  readonly problem: Error | undefined
  readonly check: () => void
}

/** The files, one of them in the editor. */
function Files({ draft, problem, check }: FilesProps) {
  const { protocol, setProtocol, path, setPath, edition } = draft
  const place = problem instanceof WorkerError ? problem.place : undefined
  useEffect(() => {
    if (place && Object.hasOwn(protocol.files, place.path)) setPath(place.path)
  }, [problem])
  return (
    <div class="files">
      <nav class="branches" aria-label="files">
        {Object.keys(protocol.files).map((file) => (
          <button
            type="button"
            key={file}
            class={file === path ? 'current' : ''}
            aria-current={file === path}
            title={file}
            onClick={() => setPath(file)}
          >
            {file.startsWith('properties/') ? `claims of ${file.split('/').at(-1)}` : file.split('/').at(-1)}
            {protocol.changed.includes(file) && protocol.name !== '' ? ' *' : ''}
          </button>
        ))}
      </nav>
      <Editor
        key={`${edition} ${path}`}
        path={path}
        text={protocol.files[path] ?? ''}
        line={place?.path === path ? place.line : undefined}
        change={(text) => setProtocol(edited(data, protocol.name, { ...protocol.files, [path]: text }))}
        check={check}
      />
    </div>
  )
}

function Hints({ protocol }: { readonly protocol: EditedProtocol }) {
  return (
    <div class="hints">
      <p>
        <b>check</b> searches everything within the bounds: each claim is proved, or a shortest run that breaks it is
        found. <b>fuzz</b> tries many runs. <b>explore</b> lets you make a run step by step.
      </p>
      <p class="soft">
        Ctrl-Enter checks. Tab indents; Escape, then Tab, leaves the editor. Nothing leaves this page, except in a link
        that you copy.
      </p>
      {protocol.name === '' && (
        <p class="soft">
          Export <code>protocol</code> and <code>claims</code>. What you import from <code>turncoat</code> is here.
        </p>
      )}
    </div>
  )
}

render(<Playground />, document.getElementById('page')!)
