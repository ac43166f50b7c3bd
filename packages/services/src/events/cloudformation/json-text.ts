/** Templates give JSON documents as objects or as text; the API takes text. */
export function jsonText(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document)
}

/** A document in the form in which the template gave it, so that drift compares like with like. */
export function likeTemplate(text: string, inTemplate: unknown): unknown {
  return typeof inTemplate === 'string' ? text : (JSON.parse(text) as unknown)
}
