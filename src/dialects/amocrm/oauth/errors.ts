import type { Fault } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'

/** The vendor's OAuth server has a problem document of its own; it answers in Russian whoever asks. Title, type and details are recorded. */
const problemOf = (status: number, title: string, detail: string, before: object = {}): Answer => ({
  status,
  body: { ...before, title, type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson', status, detail },
  headers: { 'content-type': 'application/problem+json' },
})

/** A grant that cannot be used: `hint` says why. */
export const badGrant = (status: 400 | 401, hint: string): Answer =>
  problemOf(status, 'Некорректный запрос', 'В запросе отсутствует ряд параметров или параметры невалидны', { hint })

/** An integration that is unknown, or has another secret. */
export const badClient = (): Answer => problemOf(401, 'Некорректный клиент', 'Авторизация клиента не прошла')

export function oauthProblem(fault: Fault): Answer {
  switch (fault.kind) {
    case 'unauthenticated':
    case 'not_found':
      return badGrant(401, 'Token has been revoked')
    case 'forbidden':
      return problemOf(403, 'Доступ запрещён', 'Недостаточно прав')
    case 'no_route':
      return problemOf(404, 'Не найдено', 'Страница не найдена')
    case 'bad_method':
      return problemOf(405, 'Метод не поддерживается', 'Метод не поддерживается')
    case 'rate_limited':
      return problemOf(429, 'Слишком много запросов', 'Слишком много запросов')
    case 'too_large':
      return problemOf(413, 'Некорректный запрос', 'Запрос слишком большой')
    case 'media_type':
      return problemOf(415, 'Некорректный запрос', 'Формат запроса не поддерживается')
    case 'bad_input':
    case 'invalid':
    case 'conflict':
    case 'malformed':
    case 'bad_header':
    case 'stale':
      return badGrant(400, 'Check the request parameters')
    case 'unavailable':
      return problemOf(503, 'Временно недоступно', 'Повторите запрос позже')
    case 'bug':
      return problemOf(500, 'Внутренняя ошибка', 'Внутренняя ошибка')
  }
}
