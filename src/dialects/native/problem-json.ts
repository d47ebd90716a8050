import { z } from 'zod'

/** How the reference describes an error answer; `problem.ts` makes them. */
export const ProblemJson = z
  .object({
    type: z.string().meta({ description: 'What programs switch on, a URN.', example: 'urn:crmux:problem:invalid' }),
    title: z.string().meta({ description: 'Goes with the type.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What happened and what to do, for people.' }),
    errors: z
      .array(
        z.object({
          field: z.string().meta({ description: 'Dotted where nested: `emails.0.value`. Empty for the input as a whole.' }),
          rule: z.string().meta({
            description:
              'What it breaks: `required`, `blank`, `too_long`, `type`, `format`, `range`, `unknown`, `not_found`, `duplicate`, `not_allowed` or `choice`.',
          }),
          message: z.string().meta({ description: 'For people; goes on where the field’s name stands.' }),
          min: z.number().optional().meta({ description: 'The least that would do.' }),
          max: z.number().optional().meta({ description: 'The most that would do.' }),
          options: z.array(z.unknown()).optional().meta({ description: 'What could have been said.' }),
        }),
      )
      .optional()
      .meta({ description: 'What is wrong, field by field.' }),
    version: z.int().optional().meta({ description: 'Of a stale write: the version that the record has by now.' }),
    instance: z.string().optional().meta({ description: 'The request, as the server’s log knows it.' }),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457).' })
