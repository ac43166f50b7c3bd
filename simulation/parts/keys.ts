import {
  CreateAlias,
  CreateKey,
  Decrypt,
  DisableKey,
  EnableKey,
  Encrypt,
  GenerateDataKey,
  ReEncrypt,
} from '@cloud-orrery/models/kms'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'

interface Sealed {
  readonly key: string
  readonly ciphertext: Uint8Array
  readonly plaintext: string
  readonly context: Record<string, string>
}

const disabled = ['DisabledException']

/** Keys: what was encrypted opens to what it was, under its context alone, and only while its key is enabled. */
export class Keys implements Part {
  readonly name = 'keys'
  readonly #world: World
  readonly #enabled = new Map<string, boolean>()
  readonly #sealed: Sealed[] = []

  constructor(world: World) {
    this.#world = world
  }

  async prepare(): Promise<void> {
    for (const name of ['one', 'two']) {
      const { KeyMetadata } = await this.#world.done(CreateKey, { Description: name })
      const id = KeyMetadata?.KeyId ?? ''
      await this.#world.done(CreateAlias, { AliasName: `alias/${name}`, TargetKeyId: id })
      this.#enabled.set(id, true)
    }
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'keys.encrypt': (draw) => this.#encrypt(draw),
    'keys.dataKey': (draw) => this.#dataKey(draw),
    'keys.decrypt': (draw) => this.#decryptOne(draw),
    'keys.reEncrypt': (draw) => this.#reEncrypt(draw),
    'keys.switch': (draw) => this.#switch(draw),
  }

  #key(draw: Draw): string {
    return draw.pick([...this.#enabled.keys()])
  }

  #refusals(...keys: readonly string[]): readonly string[] {
    return keys.every((key) => this.#enabled.get(key)) ? [] : disabled
  }

  async #encrypt(draw: Draw): Promise<string> {
    const key = this.#key(draw)
    const plaintext = this.#world.token('secret')
    const context = contextOf(draw)
    const { output, refusal } = await this.#world.attempt(
      Encrypt,
      { KeyId: key, Plaintext: new TextEncoder().encode(plaintext), EncryptionContext: context },
      { refusals: this.#refusals(key) },
    )
    this.#note(key, plaintext, context, output?.CiphertextBlob)
    return `encrypt ${plaintext}: ${refusal ?? 'encrypted'}`
  }

  #note(
    key: string,
    plaintext: string,
    context: Record<string, string>,
    ciphertext: Uint8Array | undefined,
  ): void {
    if (ciphertext === undefined) return
    holds(this.#enabled.get(key) === true, 'disabled key', () => `${key} encrypts`)
    this.#sealed.push({ key, plaintext, context, ciphertext })
  }

  async #dataKey(draw: Draw): Promise<string> {
    const key = this.#key(draw)
    const context = contextOf(draw)
    const { output, refusal } = await this.#world.attempt(
      GenerateDataKey,
      { KeyId: key, KeySpec: 'AES_256', EncryptionContext: context },
      { refusals: this.#refusals(key) },
    )
    const bytes = output?.Plaintext
    if (bytes !== undefined) {
      holds(bytes.byteLength === 32, 'data key', () => `${bytes.byteLength} bytes`)
      const plaintext = Buffer.from(bytes).toString('latin1')
      const isNew = this.#sealed.every((sealed) => sealed.plaintext !== plaintext)
      holds(isNew, 'data key', () => 'it was given out before')
      this.#note(key, plaintext, context, output?.CiphertextBlob)
    }
    return `make a data key: ${refusal ?? 'made'}`
  }

  async #decryptOne(draw: Draw): Promise<string> {
    const sealed = draw.maybe(this.#sealed)
    if (sealed === undefined) return 'decrypt: nothing was encrypted'
    if (draw.chance(0.3)) {
      const refusals = ['InvalidCiphertextException', ...this.#refusals(sealed.key)]
      const { output, refusal } = await this.#world.attempt(
        Decrypt,
        { CiphertextBlob: sealed.ciphertext, EncryptionContext: { other: 'context' } },
        { refusals },
      )
      holds(output === undefined, 'encryption context', () => 'another context opens it')
      return `decrypt under another context: ${refusal}`
    }
    return await this.#decrypt(sealed)
  }

  async #decrypt({ key, ciphertext, context, plaintext }: Sealed): Promise<string> {
    const { output, refusal } = await this.#world.attempt(
      Decrypt,
      { CiphertextBlob: ciphertext, EncryptionContext: context },
      { refusals: this.#refusals(key) },
    )
    if (output === undefined) return `decrypt: ${refusal}`
    const text = Buffer.from(output.Plaintext ?? []).toString('latin1')
    holds(text === plaintext, 'round trip of a key', () => `${text} instead of ${plaintext}`)
    holds(this.#enabled.get(key) === true, 'disabled key', () => `${key} decrypts`)
    return 'decrypt: as it was'
  }

  async #reEncrypt(draw: Draw): Promise<string> {
    const sealed = draw.maybe(this.#sealed)
    const key = this.#key(draw)
    const context = contextOf(draw)
    if (sealed === undefined) return 're-encrypt: nothing was encrypted'
    const { output, refusal } = await this.#world.attempt(
      ReEncrypt,
      {
        CiphertextBlob: sealed.ciphertext,
        SourceEncryptionContext: sealed.context,
        DestinationKeyId: key,
        DestinationEncryptionContext: context,
      },
      { refusals: this.#refusals(sealed.key, key) },
    )
    this.#note(key, sealed.plaintext, context, output?.CiphertextBlob)
    return `re-encrypt: ${refusal ?? 'done'}`
  }

  async #switch(draw: Draw): Promise<string> {
    const KeyId = this.#key(draw)
    const isEnabled = this.#enabled.get(KeyId) === true
    const operation = isEnabled ? DisableKey : EnableKey
    const { output, refusal } = await this.#world.attempt(operation, { KeyId })
    if (output !== undefined) this.#enabled.set(KeyId, !isEnabled)
    return `${isEnabled ? 'disable' : 'enable'} ${KeyId}: ${refusal ?? 'done'}`
  }

  async end(): Promise<void> {
    for (const sealed of this.#sealed) await this.#decrypt(sealed)
  }
}

function contextOf(draw: Draw): Record<string, string> {
  return draw.chance(0.5) ? {} : { order: String(draw.int(1, 3)) }
}
