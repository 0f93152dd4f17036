import type { Configuration, Setting } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import type { RunView } from '../view/index.ts'
import type { Choice, Code, Opened, PossibleSteps, SearchFinding, Source } from './messages.ts'
import { WorkerClient, type WorkerError } from './worker-client.ts'

/** What is explored. */
export interface ExploredProtocol {
  readonly source: Source
  readonly code: Code
  readonly configuration: Configuration
  /** The line that does the same on the command line. */
  readonly command: string
  /** Claims that searches ask about; without them, those that the command line asks about. */
  readonly claims?: readonly string[]
  /** The file to name when the trace is replayed. */
  readonly file?: string
}

/** One run among those that were made. */
export interface Branch {
  readonly id: number
  readonly setting: Setting
  readonly steps: readonly Step[]
  /** What it began with: `start`, `fork of 1 at step 3`. */
  readonly from: string
}

export interface RunningSearch {
  readonly how: 'fuzz' | 'check'
  readonly from: number
  /** What it tells while it runs; nothing once it is over. */
  readonly tells: string | undefined
  readonly findings: readonly SearchFinding[]
}

export interface SessionState {
  readonly opened: Opened | undefined
  readonly branches: readonly Branch[]
  readonly current: number
  readonly selected: number
  readonly run: RunView | undefined
  readonly choices: PossibleSteps | undefined
  readonly busy: boolean
  readonly seed: number
  readonly search: RunningSearch | undefined
  readonly error: WorkerError | Error | undefined
}

const EMPTY: SessionState = {
  ...{ opened: undefined, branches: [], current: 0, selected: 0, run: undefined, choices: undefined },
  ...{ busy: false, seed: 1, search: undefined, error: undefined },
}

/** Steps that "let it run" takes at most. */
const WALK = 40
/** What a search on the page does at most, unless it is stopped: as `fuzz` does, and less than `check`. */
const RUNS = 1_000
const MOST_STATES = 300_000

/** What a person explores: runs that branch, what can happen next, searches. Everything is worked out in workers. */
export class ExplorerSession {
  state: SessionState = EMPTY
  readonly explored: ExploredProtocol
  readonly #engine: string
  readonly #changed: (state: SessionState) => void
  #worker: WorkerClient
  #searcher: WorkerClient | undefined
  /** Answers to what was asked before are not wanted any more. */
  #turn = 0

  constructor(explored: ExploredProtocol, engine: string, changed: (state: SessionState) => void) {
    this.explored = explored
    this.#engine = engine
    this.#changed = changed
    this.#worker = new WorkerClient(engine, explored.code)
  }

  get branch(): Branch {
    return this.state.branches.find(({ id }) => id === this.state.current)!
  }

  #set(part: Partial<SessionState>): void {
    this.state = { ...this.state, ...part }
    this.#changed(this.state)
  }

  /** Opens the protocol. Says what it is; nothing where it cannot be opened. */
  async open(): Promise<Opened | undefined> {
    return this.#try(async () => {
      const opened = await this.#opening(this.#worker)
      const branch = { id: 1, setting: opened.settings[0]!, steps: [], from: 'start' }
      this.#set({ opened, branches: [branch], current: 1, selected: 0 })
      await this.#look()
      return opened
    })
  }

  #opening(worker: WorkerClient): Promise<Opened> {
    const { source, configuration, command } = this.explored
    return worker.ask({ ask: 'open', source, configuration, command }) as Promise<Opened>
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.#set({ busy: true, error: undefined })
    try {
      return await work()
    } catch (error) {
      this.#set({ error: error as Error })
      return undefined
    } finally {
      this.#set({ busy: false })
    }
  }

  /** Works out the run that is shown, and what can happen after the step that is selected. */
  async #look(parts: 'all' | 'choices' = 'all'): Promise<void> {
    const turn = ++this.#turn
    const { setting, steps } = this.branch
    const here = steps.slice(0, this.state.selected)
    if (parts === 'all') {
      const run = (await this.#worker.ask({ ask: 'view', setting, steps })) as RunView
      if (turn !== this.#turn) return
      this.#set({ run })
    }
    const choices = (await this.#worker.ask({ ask: 'choices', setting, steps: here })) as PossibleSteps
    if (turn === this.#turn) this.#set({ choices })
  }

  select(number: number): Promise<void> {
    return this.#go({ selected: number }, 'choices')
  }

  /** Takes a step after the one that is selected: at the end of the run, or as a fork. */
  choose({ step }: Choice): Promise<void> {
    const { steps, id, setting } = this.branch
    const { selected } = this.state
    const longer = [...steps.slice(0, selected), step]
    if (selected === steps.length) return this.#go(this.#changedTo(longer))
    return this.#go(this.#added(setting, longer, `fork of ${id} at step ${selected}`, selected + 1))
  }

  #changedTo(steps: readonly Step[]): Partial<SessionState> {
    const branches = this.state.branches.map((one) => (one.id === this.state.current ? { ...one, steps } : one))
    return { branches, selected: steps.length }
  }

  #added(setting: Setting, steps: readonly Step[], from: string, selected: number): Partial<SessionState> {
    const id = Math.max(...this.state.branches.map((one) => one.id)) + 1
    return { branches: [...this.state.branches, { id, setting, steps, from }], current: id, selected }
  }

  async #go(part: Partial<SessionState>, parts: 'all' | 'choices' = 'all'): Promise<void> {
    this.#set({ choices: undefined, ...part })
    await this.#try(() => this.#look(parts))
  }

  switchTo(id: number): Promise<void> {
    return this.#go({ current: id, selected: this.state.branches.find((one) => one.id === id)!.steps.length })
  }

  /** Begins anew, with somebody else Byzantine. */
  begin(setting: Setting): Promise<void> {
    return this.#go(this.#added(setting, [], 'start', 0))
  }

  /** Takes back the last step; elsewhere in the run, goes to the step before. */
  back(): Promise<void> {
    const { steps } = this.branch
    const { selected } = this.state
    if (selected === 0) return Promise.resolve()
    return selected === steps.length ? this.#go(this.#changedTo(steps.slice(0, -1))) : this.select(selected - 1)
  }

  /** Lets it run at random from the step that is selected. */
  async walk(): Promise<void> {
    const { setting, steps, id } = this.branch
    const { selected, seed } = this.state
    const here = steps.slice(0, selected)
    this.#set({ seed: seed + 1 })
    await this.#try(async () => {
      const path = (await this.#worker.ask({ ask: 'walk', setting, steps: here, seed, most: WALK })) as Step[]
      if (selected === steps.length) this.#set({ ...this.#changedTo(path), choices: undefined })
      else this.#set(this.#added(setting, path, `fork of ${id} at step ${selected}, seed ${seed}`, path.length))
      await this.#look()
    })
  }

  /** The text of a trace of the run that is shown. */
  async trace(claim: string): Promise<string | undefined> {
    const { setting, steps } = this.branch
    return this.#try(() => this.#worker.ask({ ask: 'trace', setting, steps, claim }) as Promise<string>)
  }

  /**
   * Searches from the step that is selected, in a worker of its own: it can be stopped at any time.
   * @param settings all that is to be searched, from the start; else the setting of the run
   */
  async search(how: 'fuzz' | 'check', claims: readonly string[], settings?: readonly Setting[]): Promise<void> {
    this.stop()
    const { setting, steps } = this.branch
    const from = settings ? 0 : this.state.selected
    const worker = new WorkerClient(this.#engine, this.explored.code)
    this.#searcher = worker
    const searching = (tells: string | undefined, findings: readonly SearchFinding[] = []): void => {
      if (this.#searcher === worker) this.#set({ search: { how, from, tells, findings } })
    }
    searching('begins')
    try {
      await this.#opening(worker)
      const request = {
        ...{ ask: 'search' as const, how, claims, steps: steps.slice(0, from), settings: settings ?? [setting] },
        ...{ seed: this.state.seed, runs: RUNS, maxStates: MOST_STATES },
      }
      searching(undefined, (await worker.ask(request, searching)) as SearchFinding[])
    } catch (error) {
      if (this.#searcher === worker) this.#set({ search: undefined, error: error as Error })
    } finally {
      worker.end()
    }
  }

  /** Ends what takes long, or never ends: a handler of the author's may. The runs stay as they were. */
  async halt(): Promise<void> {
    this.#worker.end()
    this.#turn++
    this.#worker = new WorkerClient(this.#engine, this.explored.code)
    // Without a state nothing can be taken back, and what hung would hang again.
    const remedy = this.state.run ? 'take back a step, or choose another one' : 'a handler never ended: correct it'
    this.#set({ busy: false, error: new Error(`stopped; ${remedy}`) })
    if (this.state.run) await this.#opening(this.#worker)
  }

  /** Ends the search. */
  stop(): void {
    this.#searcher?.end()
    this.#searcher = undefined
    if (this.state.search?.tells !== undefined) this.#set({ search: undefined })
  }

  /** Shows a run that a search has found. */
  show({ claim, setting, steps }: SearchFinding): Promise<void> {
    return this.#go(this.#added(setting!, steps!, `breaks ${claim}`, steps!.length))
  }

  end(): void {
    this.stop()
    this.#worker.end()
    this.#turn++
  }
}
