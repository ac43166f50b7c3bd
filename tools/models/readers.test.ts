import type { StoredServiceModel } from '@cloud-orrery/models'
import { linkServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import type { BotocoreModel } from './botocore-model.ts'
import { readBotocore } from './botocore-reader.ts'
import type { ServiceEntry } from './services.ts'
import type { SmithyModel } from './smithy-ast.ts'
import { readSmithy } from './smithy-reader.ts'
import type { Origin } from './stored-model.ts'

const entry: ServiceEntry = {
  smithy: 'shelf',
  botocore: 'shelf/2026-01-01',
  cloudFormation: [],
  iam: ['shelf'],
  shapeName: 'Shelf',
}
const origin: Origin = { name: 'shelf', source: 'fixture', checksum: '00' }

/** One service in Smithy's form: mixins, `apply`, prelude targets, all locations, an event stream. */
const smithy: SmithyModel = {
  smithy: '2.0',
  shapes: {
    'test#Shelf': {
      type: 'service',
      version: '2026-01-01',
      operations: [{ target: 'test#GetBook' }],
      resources: [{ target: 'test#BookResource' }],
      errors: [{ target: 'test#Throttled' }],
      traits: {
        'aws.api#service': {
          sdkId: 'Shelf',
          endpointPrefix: 'shelf',
          cloudTrailEventSource: 'shelf.amazonaws.com',
        },
        'aws.auth#sigv4': { name: 'shelf' },
        'aws.protocols#restJson1': {},
        'smithy.api#paginated': { inputToken: 'next', outputToken: 'next', pageSize: 'max' },
      },
    },
    'test#BookResource': { type: 'resource', list: { target: 'test#ListBooks' } },
    'test#GetBook': {
      type: 'operation',
      input: { target: 'test#GetBookRequest' },
      output: { target: 'test#GetBookResponse' },
      errors: [{ target: 'test#NoSuchBook' }],
      traits: {
        'smithy.api#http': { method: 'GET', uri: '/books/{Title}', code: 200 },
        'smithy.api#endpoint': { hostPrefix: 'read.' },
        'smithy.api#readonly': {},
      },
    },
    'test#ListBooks': {
      type: 'operation',
      input: { target: 'smithy.api#Unit' },
      output: { target: 'test#ListBooksResponse' },
      traits: {
        'smithy.api#http': { method: 'GET', uri: '/books', code: 200 },
        'smithy.api#paginated': { items: 'books' },
        'smithy.api#auth': [],
      },
    },
    'test#Named': {
      type: 'structure',
      members: { Title: { target: 'test#Title', traits: { 'smithy.api#required': {} } } },
      traits: { 'smithy.api#mixin': {} },
    },
    'test#GetBookRequest': {
      type: 'structure',
      mixins: [{ target: 'test#Named' }],
      members: {
        page: { target: 'test#Count', traits: { 'smithy.api#httpQuery': 'p' } },
        token: { target: 'test#Title', traits: { 'smithy.api#httpHeader': 'x-token' } },
      },
    },
    'test#GetBookRequest$Title': { type: 'apply', traits: { 'smithy.api#httpLabel': {} } },
    'test#GetBookResponse': {
      type: 'structure',
      members: {
        body: { target: 'test#Body', traits: { 'smithy.api#httpPayload': {} } },
        meta: { target: 'test#Meta', traits: { 'smithy.api#httpPrefixHeaders': 'x-meta-' } },
      },
    },
    'test#ListBooksResponse': {
      type: 'structure',
      members: {
        books: { target: 'test#Books', traits: { 'smithy.api#jsonName': 'items' } },
        at: { target: 'test#At' },
        events: { target: 'test#Events' },
      },
    },
    'test#Books': { type: 'list', member: { target: 'test#Title' } },
    'test#Meta': { type: 'map', key: { target: 'test#Title' }, value: { target: 'test#Title' } },
    'test#Title': {
      type: 'string',
      traits: { 'smithy.api#length': { min: 1, max: 80 }, 'smithy.api#pattern': '[A-Z].*' },
    },
    'test#Count': { type: 'integer', traits: { 'smithy.api#range': { min: 1, max: 10 } } },
    'test#At': { type: 'timestamp', traits: { 'smithy.api#timestampFormat': 'date-time' } },
    'test#Body': { type: 'blob', traits: { 'smithy.api#streaming': {} } },
    'test#Events': {
      type: 'union',
      members: { opened: { target: 'test#Opened' } },
      traits: { 'smithy.api#streaming': {} },
    },
    'test#Opened': {
      type: 'structure',
      members: { by: { target: 'test#Title', traits: { 'smithy.api#eventHeader': {} } } },
    },
    'test#NoSuchBook': {
      type: 'structure',
      members: { message: { target: 'test#Title' } },
      traits: { 'smithy.api#error': 'client', 'smithy.api#httpError': 404 },
    },
    'test#Throttled': {
      type: 'structure',
      members: {},
      traits: { 'smithy.api#error': 'server', 'smithy.api#httpError': 503 },
    },
    'test#Unreached': { type: 'structure', members: {} },
  },
}

/** The same service in botocore's form. */
const botocore: BotocoreModel = {
  metadata: {
    apiVersion: '2026-01-01',
    endpointPrefix: 'shelf',
    serviceId: 'Shelf',
    protocol: 'rest-json',
    protocols: ['rest-json'],
  },
  operations: {
    GetBook: {
      http: { method: 'GET', requestUri: '/books/{title}', responseCode: 200 },
      input: { shape: 'GetBookRequest' },
      output: { shape: 'GetBookResponse' },
      errors: [{ shape: 'NoSuchBook' }, { shape: 'Throttled' }],
      endpoint: { hostPrefix: 'read.' },
      readonly: true,
    },
    ListBooks: {
      http: { method: 'GET', requestUri: '/books', responseCode: 200 },
      output: { shape: 'ListBooksResponse' },
      errors: [{ shape: 'Throttled' }],
      authtype: 'none',
    },
  },
  shapes: {
    GetBookRequest: {
      type: 'structure',
      required: ['Title'],
      members: {
        Title: { shape: 'Title', location: 'uri', locationName: 'title' },
        page: { shape: 'Count', location: 'querystring', locationName: 'p' },
        token: { shape: 'Title', location: 'header', locationName: 'x-token' },
      },
    },
    GetBookResponse: {
      type: 'structure',
      payload: 'body',
      members: {
        body: { shape: 'Body' },
        meta: { shape: 'Meta', location: 'headers', locationName: 'x-meta-' },
      },
    },
    ListBooksResponse: {
      type: 'structure',
      members: {
        books: { shape: 'Books', locationName: 'items' },
        at: { shape: 'At' },
        events: { shape: 'Events' },
      },
    },
    Books: { type: 'list', member: { shape: 'Title' } },
    Meta: { type: 'map', key: { shape: 'Title' }, value: { shape: 'Title' } },
    Title: { type: 'string', min: 1, max: 80, pattern: '[A-Z].*' },
    Count: { type: 'integer', min: 1, max: 10 },
    At: { type: 'timestamp', timestampFormat: 'iso8601' },
    Body: { type: 'blob', streaming: true },
    Events: { type: 'structure', members: { opened: { shape: 'Opened' } }, eventstream: true },
    Opened: { type: 'structure', members: { by: { shape: 'Title', eventheader: true } } },
    NoSuchBook: {
      type: 'structure',
      members: { message: { shape: 'Title' } },
      exception: true,
      error: { httpStatusCode: 404, senderFault: true },
    },
    Throttled: {
      type: 'structure',
      members: {},
      exception: true,
      fault: true,
      error: { httpStatusCode: 503 },
    },
    Unreached: { type: 'structure', members: {} },
  },
}
const paginators = {
  pagination: {
    ListBooks: { input_token: 'next', output_token: 'next', result_key: 'books', limit_key: 'max' },
  },
}

const expected: StoredServiceModel = {
  name: 'shelf',
  sdkId: 'Shelf',
  endpointPrefix: 'shelf',
  signingName: 'shelf',
  arnNamespace: 'shelf',
  eventSource: 'shelf.amazonaws.com',
  apiVersion: '2026-01-01',
  targetPrefix: 'Shelf',
  protocols: ['restJson1'],
  checksum: '00',
  source: 'fixture',
  operations: {
    GetBook: {
      input: 'GetBookRequest',
      output: 'GetBookResponse',
      errors: ['NoSuchBook', 'Throttled'],
      http: { method: 'GET', uri: '/books/{Title}', status: 200 },
      hostPrefix: 'read.',
      readonly: true,
    },
    ListBooks: {
      output: 'ListBooksResponse',
      errors: ['Throttled'],
      http: { method: 'GET', uri: '/books', status: 200 },
      optionalAuth: true,
      paginated: { inputToken: 'next', outputToken: 'next', items: 'books', pageSize: 'max' },
    },
  },
  shapes: {
    At: { type: 'timestamp', timestampFormat: 'date-time' },
    Body: { type: 'blob', streaming: true },
    Books: { type: 'list', member: { target: 'Title' } },
    Count: { type: 'integer', rangeMin: 1, rangeMax: 10 },
    Events: { type: 'union', members: { opened: { target: 'Opened' } }, eventStream: true },
    GetBookRequest: {
      type: 'structure',
      members: {
        Title: { target: 'Title', required: true, location: 'label' },
        page: { target: 'Count', location: 'query', locationName: 'p' },
        token: { target: 'Title', location: 'header', locationName: 'x-token' },
      },
    },
    GetBookResponse: {
      type: 'structure',
      members: {
        body: { target: 'Body', location: 'payload' },
        meta: { target: 'Meta', location: 'prefixHeaders', locationName: 'x-meta-' },
      },
    },
    ListBooksResponse: {
      type: 'structure',
      members: {
        books: { target: 'Books', jsonName: 'items' },
        at: { target: 'At' },
        events: { target: 'Events' },
      },
    },
    Meta: { type: 'map', key: { target: 'Title' }, value: { target: 'Title' } },
    NoSuchBook: {
      type: 'structure',
      members: { message: { target: 'Title' } },
      error: { fault: 'client', status: 404 },
    },
    Opened: { type: 'structure', members: { by: { target: 'Title', eventHeader: true } } },
    Throttled: { type: 'structure', members: {}, error: { fault: 'server', status: 503 } },
    Title: { type: 'string', lengthMin: 1, lengthMax: 80, pattern: '[A-Z].*' },
  },
}

test('Smithy: mixins and apply are folded in, what no operation reaches is left out', () => {
  expect(readSmithy(smithy, entry, origin)).toEqual(expected)
})

test('botocore: the same service gives the same model', () => {
  expect(readBotocore(botocore, paginators, entry, origin)).toEqual(expected)
})

test('reading twice gives the same bytes, and the result links', () => {
  const first = readSmithy(smithy, entry, origin)
  expect(JSON.stringify(readSmithy(smithy, entry, origin))).toBe(JSON.stringify(first))
  expect(Object.keys(linkServiceModel(first).operations)).toEqual(['GetBook', 'ListBooks'])
})

test('Smithy: a prelude shape gets a name of its own where the service has the same', () => {
  const shapes = {
    ...smithy.shapes,
    'test#ListBooksResponse': {
      type: 'structure',
      members: { own: { target: 'test#String' }, theirs: { target: 'smithy.api#String' } },
    },
    'test#String': { type: 'string', traits: { 'smithy.api#pattern': 'a' } },
  }
  const { shapes: read } = readSmithy({ smithy: '2.0', shapes }, entry, origin)
  expect(read['ListBooksResponse']?.members).toEqual({
    own: { target: 'String' },
    theirs: { target: 'SmithyString' },
  })
  expect([read['String'], read['SmithyString']]).toEqual([
    { type: 'string', pattern: 'a' },
    { type: 'string' },
  ])
})

test('botocore: a flattened list takes the name of its elements, a query error its own code', () => {
  const read = readBotocore(
    {
      metadata: {
        ...botocore.metadata,
        protocol: 'query',
        protocols: ['query'],
        xmlNamespace: 'http://x/',
      },
      operations: {
        Put: {
          http: { method: 'POST', requestUri: '/' },
          input: { shape: 'PutRequest' },
          errors: [{ shape: 'NoSuchBookException' }],
        },
      },
      shapes: {
        PutRequest: {
          type: 'structure',
          members: { Books: { shape: 'Books' }, Names: { shape: 'Names', locationName: 'Name' } },
        },
        Books: { type: 'list', member: { shape: 'Text', locationName: 'Book' }, flattened: true },
        Names: { type: 'list', member: { shape: 'Text', locationName: 'entry' } },
        Text: { type: 'string' },
        NoSuchBookException: {
          type: 'structure',
          members: {},
          exception: true,
          error: { code: 'NoSuchBook', httpStatusCode: 404, senderFault: true },
        },
      },
    },
    { pagination: {} },
    entry,
    origin,
  )
  expect(read.xmlNamespace).toEqual({ uri: 'http://x/' })
  expect(read.operations['Put']).toEqual({ input: 'PutRequest', errors: ['NoSuchBookException'] })
  expect(read.shapes).toEqual({
    Books: { type: 'list', member: { target: 'Text' } },
    Names: { type: 'list', member: { target: 'Text', xmlName: 'entry' } },
    NoSuchBookException: {
      type: 'structure',
      members: {},
      error: { fault: 'client', status: 404, queryCode: 'NoSuchBook', queryStatus: 404 },
    },
    PutRequest: {
      type: 'structure',
      members: {
        Books: { target: 'Books', xmlName: 'Book', xmlFlattened: true },
        Names: { target: 'Names', xmlName: 'Name' },
      },
    },
    Text: { type: 'string' },
  })
})
