import type { Answers, Code, Failure, Request, WorkerReply } from './messages.ts'

/** Something that went wrong in the worker, with the line of the user's code where that is known. */
export class WorkerError extends Error {
  readonly suggestion: string | undefined
  /** `my.ts`, and the line in it. */
  readonly place: { readonly path: string; readonly line: number } | undefined

  constructor({ name, message, suggestion }: Failure, place: WorkerError['place']) {
    super(message)
    this.name = name
    this.suggestion = suggestion
    this.place = place
  }
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
  readonly tell: ((text: string) => void) | undefined
}

/** Where the code of a file begins in the worker's script, and how many lines it has. */
interface Part {
  readonly path: string
  readonly first: number
  readonly lines: number
}

/**
 * A worker made of the engine's text and a user's code behind it. No code is evaluated from a string: the worker's script
 * is this text, so that the policy of the page may forbid evaluation.
 */
export class WorkerClient {
  readonly #worker: Worker
  readonly #parts: Part[] = []
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  constructor(engine: string, code: Code = {}) {
    const script = this.#script(engine, code)
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
    this.#worker = new Worker(url)
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => this.#hear(data)
    // The script did not even begin: the code has a mistake that only the browser found.
    this.#worker.onerror = (event) => {
      event.preventDefault()
      const failure = {
        name: 'SyntaxError',
        message: event.message.replace(/^Uncaught \w+: /, ''),
        lines: [event.lineno],
      }
      for (const id of this.#waiting.keys()) this.#hear({ id, failed: failure })
    }
  }

  ask<R extends Request>(request: R, tell?: (text: string) => void): Promise<Answers[R['ask']]> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, tell })
      this.#worker.postMessage({ id, request })
    })
  }

  /** Ends it, whatever it is doing. What was asked is never answered. */
  end(): void {
    this.#worker.terminate()
    this.#waiting.clear()
  }

  #hear(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id)
    if (!waiting) return
    if ('tells' in reply) {
      waiting.tell?.(reply.tells)
      return
    }
    this.#waiting.delete(reply.id)
    if ('done' in reply) waiting.resolve(reply.done as never)
    else waiting.reject(new WorkerError(reply.failed, this.#place(reply.failed.lines)))
  }

  #place(lines: readonly number[] = []): WorkerError['place'] {
    for (const line of lines) {
      const part = this.#parts.find(({ first, lines }) => line >= first && line < first + lines)
      if (part) return { path: part.path, line: line - part.first + 1 }
    }
    return undefined
  }

  #script(engine: string, code: Code): string {
    let script = `${engine}\nturncoatEngine.modules({\n`
    let line = linesOf(script)
    for (const [path, text] of Object.entries(code)) {
      const head = `${JSON.stringify(path)}: function (exports, require, module) {\n`
      this.#parts.push({ path, first: line + 1, lines: linesOf(text) })
      script += `${head}${text}\n},\n`
      line += linesOf(text) + 2
    }
    return `${script}})\n`
  }
}

const linesOf = (text: string): number => text.split('\n').length
