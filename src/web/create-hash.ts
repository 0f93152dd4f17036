import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** What of `node:crypto` is needed in a browser, at once: the browser's own digest makes its caller wait. */
export function createHash(_: 'sha256') {
  const hash = sha256.create()
  return {
    update(text: string) {
      hash.update(utf8ToBytes(text))
      return this
    },
    digest: (_: 'hex') => bytesToHex(hash.digest()),
  }
}
