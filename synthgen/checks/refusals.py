r"""How models refuse: by what was not done, in the first person, or by the policy that stands against it.

Two patterns. `REFUSAL` is what no customer writes, and is sought in every field. `DECLINED` is sought only in a field
that answers, where "I cannot discuss this" is no matter of a customer's: the subject is `I`, for a support desk says
"we cannot refund this fee". Written by grammar (a negated ability, a verb of helping or writing) and by the reasons
that refusals give: inability, policy, law and ethics, lack of knowledge, redirection.
"""

from __future__ import annotations

import re

FIRST = 300
"""Characters in which a refusal is sought."""
_LEAD = (
    # A speaker's name may stand in front, as `[Expert]` or `BOT:`.
    r"(?:^\W*(?:\w{2,15}(?:: |\] ?))?|[.!?…]['’\"”)]?\s+|\n\W*|[;—–-] |, (?:but |so |and |therefore |no,? )?"
    r"|\b(?:but|so|and|because|afraid|sorry|although|though|while|since|therefore|thus|however|unfortunately|regrettably|no),? )"
)
_SOFT = r"(?:(?:\w+ly|also|just|still|therefore|however|afraid|then|no longer),? ){0,2}"
_CANNOT = (
    rf"(?:i {_SOFT}(?:can['’]?t|cannot|can not|won['’]?t|will not|(?:could|should|must|may)(?:n['’]t| not)|(?:do not|don['’]t)|(?:choose|try) not to|(?:must |have to |need to |will )?(?:avoid|refrain from)|(?:must |have to |need to |will )?"
    rf"(?:{_SOFT}(?:refuse|decline)) to|would rather not|prefer not to|would prefer not to|(?:do not|don['’]t) (?:want|wish|intend"
    r"|have the ability) to)|i['’]d (?:rather|prefer) not(?: to)?"
    rf"|i(?:['’]m| am) {_SOFT}(?:un(?:able|willing)|not (?:able|allowed|permitted|authori[sz]ed|going|willing|prepared|programmed"
    r"|designed|qualified|equipped|in a position|supposed|meant|free)|(?:programmed|designed|instructed|trained|told) not|forbidden|prohibited|restricted)(?: to| from)?)"
    r"(?: (?:honestly|truly|realistically|ethically|legally|knowingly|morally|possibly|actually|responsibly|safely|in good (?:conscience|faith)|be able to),?)*"
)
_TEXTS = (
    "text|message|letter|e-?mail|complaint|content|material|response|reply|example|sample|scenario|story|post|review"
    "|utterance|query|note|piece|sentence|request|question|inquiry|enquiry|row|variation|version|insult|threat|conversation|dialogue|persona|customer voice"
)
_ELSEWHERE = r"(?![^.!?\n]*\b(?:my|app|online|button|screen|page|branch|box|keyboard|phone|website|portal|form|account|inbox|chat)\b)"
"""A customer cannot write a message either: in the app, or because a button is grey."""
_WRITE = (
    "writ(?:e|ing)|creat(?:e|ing)|generat(?:e|ing)|produc(?:e|ing)|compos(?:e|ing)|draft(?:ing)?|invent(?:ing)?|mak(?:e|ing) up|fabricat(?:e|ing)"
    "|com(?:e|ing) up with|forg(?:e|ing)|simulat(?:e|ing)"
)
_WRITING = "pretending|impersonating|role-?playing|acting as|writing|creating|generating|producing|composing|drafting|inventing|making up|helping with|assisting with"
_POLICY = (
    r"(?:content|usage|use|safety|community|ethical|ethics|moderation)[ -]?(?:polic(?:y|ies)|guidelines?|rules|standards)"
    r"|my (?:guidelines|programming|training|instructions|policies|capabilities|safety \w+|ethical \w+)"
)
_HARM = "harm|illegal|unethical|inappropriate|polic(?:y|ies)|guideline|privacy|personal information|inventing|deceptive|dishonest|unsafe"

REFUSAL = re.compile(
    rf"{_LEAD}{_CANNOT} (?:help|assist)(?: you)? (?:with|in) (?:that|this|such|your request|(?:{_WRITING})\b)"
    rf"|{_LEAD}{_CANNOT} (?:help|assist)(?=[.!]|\W*$)|^\W*(?:(?:i['’]m |i am )?(?:sorry|afraid|unfortunately|regrettably|apologies),? (?:but )?)?(?:cannot|can['’]t|unable to|not able to)"
    rf" (?:help|assist|comply|fulfil|generate|provide a|produce a|create (?:this|that|a|any) (?:{_TEXTS}))"
    rf"|{_LEAD}{_CANNOT} (?:comply with (?:that|this|such an?) request(?=[.!,]|\W*$)|(?:role-?play|pretend to be|impersonate|act as|take on the role|engage (?:in|with)|"
    r"continue (?:with )?(?:this|that) (?:conversation|topic|request))\b)"
    rf"|\b(?:{_POLICY}|(?:safety|legal|ethical|privacy) (?:reasons|concerns))\b[^.!?\n]{{0,20}}\b(?:prevent|forbid|prohibit|(?:do|does) not (?:allow|permit)|don['’]t (?:allow|permit)) (?:me|this|that|such)\b"
    rf"|\b(?:for|due to|because of) (?:\w+ )?(?:safety|legal|ethical|privacy|policy) (?:reasons|concerns|considerations),? {_CANNOT} (?:{_WRITE}|provide|help|assist|give|share|discuss|answer)"
    rf"|\bno (?:{_TEXTS})s? (?:can|could|will|may) be (?:generated|written|created|provided|produced)\b"
    rf"|{_LEAD}{_CANNOT} (?:{_WRITE}|provide|offer)(?: you)?(?: with)?(?: (?!to\b|in\b|on\b|from\b)[\w'’-]+){{0,3}}? (?:{_TEXTS})s?\b"
    rf"{_ELSEWHERE}"
    rf"|\bi (?:don['’]t|do not) (?:think|feel|believe) (?:it|that|this) (?:would be|is) (?:\w+ )?(?:appropriate|ethical|right|responsible|wise)(?: for me)? to (?:{_WRITE}|provide|assist)\b"
    rf"|\b(?:due to|because of|owing to) (?:\w+ ){{1,3}}(?:restrictions|reasons|concerns|laws?|issues|limitations),? (?:{_CANNOT})"
    rf"|{_LEAD}{_CANNOT} (?:{_WRITE}) (?:this|that|such a thing)(?=[.,!;]|\W*$){_ELSEWHERE}|\bwhich means {_CANNOT} (?:{_WRITE})"
    r"|\b(?:that|this|it) (?:falls|is|lies|goes) (?:outside|beyond) (?:of )?(?:what i (?:can|am able)|the scope of what i)\b"
    rf"|\bi (?:won['’]t|will not|can['’]t|cannot) be (?:{_WRITING}|providing)\b"
    rf"|\bi (?:must|have to|will|should|shall) (?:\w+ )?(?:refrain|abstain) from (?:doing so|{_WRITING}|providing)\b"
    rf"|{_LEAD}{_CANNOT} do (?:that|this|so)\b[^.!?\n]{{0,60}}\b(?:{_HARM})"
    rf"|{_LEAD}(?:i(?:['’]m| am)? (?:do not |don['’]t |not |would not |wouldn['’]t )(?:be |feel |really |quite )*comfortable(?: with| about)?)"
    rf" (?:{_WRITING})\b{_ELSEWHERE}"
    rf"|\b(?:it )?(?:would(?:n['’]t| not) be|is(?:n['’]t| not)) (?:\w+ )?(?:appropriate|ethical|responsible) (?:for me )?to (?:{_WRITE}|assist)\b"
    rf"|\b(?:this|that|your|the) (?:request|prompt|topic|content|instruction|task)\b[^.!?\n]{{0,60}}?"
    rf"\b(?:violat\w+|against|beyond|conflicts?|breach\w*|not (?:in line|comply|permitted|allowed)|outside)\b[^.!?\n]{{0,40}}?(?:{_POLICY})"
    rf"|\b(?:goes against|violates?|would violate|(?:is|be) against|due to|because of) (?:the |our )?(?:{_POLICY})\b(?=[.,;!]|\W*$| (?:to|and|that)\b)"
    r"|\brequest (?:was |has been |is )?(?:declined|refused|denied|rejected)\b[^.!?\n]{0,60}\b(?:content|polic|guideline|harm|unsafe|inappropriate)"
    r"|\bnot (?:something|a (?:topic|text|request)|the kind of \w+) (?:that )?i(?:['’]m| am| can| could| would| will|['’]d| feel)?"
    r"(?: not)?(?: able to| comfortable| willing to| be able to| happy to)? (?:help|assist|writ|creat|generat|discuss|produc)\w*"
    # What is declined as the subject, or by somebody who is not `I`.
    rf"|\b(?:{_WRITING}|providing|offering|sharing|assisting|helping)\b (?:with )?(?:this|that|such|it)\b[^.!?\n]{{0,60}}\b(?:would|could|might|may|is|isn['’]t)\b"
    rf"[^.!?\n]{{0,40}}\b(?:{_HARM}|harmful|against|violat\w+|irresponsible|mislead\w*|dangerous)"
    rf"|\b(?:the|this) (?:assistant|model|ai|system) (?:is (?:unable|not (?:able|permitted|allowed))|cannot|can['’]t|will not|won['’]t) (?:to )?(?:{_WRITE}|comply)\b"
    r"|^\W*(?:sorry,? )?(?:but )?(?:this|that|your|the) (?:request|prompt|question) (?:can(?:not|['’]t| not)|will not|won['’]t|could not) be (?:fulfilled|answered|generated|honou?red|completed)\b"
    rf"|\bi (?:do not|don['’]t|never|won['’]t|will not) (?:{_WRITE}|provide|offer) (?:content|texts?|messages?|material|responses?|anything)"
    r" (?:that|which|of (?:this|that)|like (?:this|that)|about (?:this|that)|intended|meant|designed)\b"
    rf"|\bi(?:['’]m| am) (?:\w+ly )?(?:declining|refusing) to (?:{_WRITE}|help|assist|provide|continue)\b"
    # German, French, Spanish.
    r"|\b(?:dabei|damit|hierbei|bei dieser anfrage|diese anfrage) kann ich (?:ihnen |dir |leider )*nicht (?:helfen|weiterhelfen|behilflich|beantworten|erfüllen|unterstützen)"
    r"|\bich kann (?:ihnen |dir )?(?:leider )?(?:dabei|damit|hierbei|diese (?:anfrage|bitte)|dieser bitte|(?:keine )?solchen? \w+)"
    r" (?:leider )?(?:nicht )?(?:helfen|weiterhelfen|erfüllen|bearbeiten|beantworten|nachkommen|schreiben|erstellen|verfassen|unterstützen)"
    r"|\bje ne (?:peux|puis) (?:malheureusement )?pas (?:vous |t['’])?(?:aider (?:avec|pour|à|dans)|répondre à (?:cette|votre)|(?:fournir|générer|créer|écrire|rédiger)"
    r" (?:ce|cet|cette|de tel|ces|un tel))"
    r"|\bno puedo (?:ayudar(?:te|le)?|asistir(?:te|le)?) (?:con|a) (?:eso|esto|esa|esta|ese|tu|su)\b"
    r"|\bno puedo (?:proporcionar|generar|crear|escribir|redactar|ofrecer)(?:te|le)? (?:ese|este|esa|esta|contenido|información sobre|instrucciones)",
    re.IGNORECASE,
)

PLAIN = re.compile(
    r"^\W*(?:(?:i['’]?m|i am) (?:really |very )?(?:sorry|afraid),?(?: but)? "
    r"|(?:sorry|i apologi[sz]e|my apologies)[,.]?(?: but)? "
    r"|unfortunately,? |i understand\b[^.!?\n]{0,80}?\bbut )?"
    r"(?:i(?:['’]m| am)? (?:must|have to) (?:respectfully )?decline\b(?= to\b|\W*$|[.!,]| (?:this|that|your|the) (?:request|task|prompt|question))"
    r"|i(?:['’]m| am)?(?: can['’]?t| cannot| can not| won['’]t| will not|(?: not able| unable) to) (?:"
    r"(?:help|assist)(?: you)? with (?:that|this|your request)|(?:help|assist) you\b"
    r"|(?:fulfil|fulfill) (?:that|this|your|the) request"
    # A customer cannot complete "this request in the app" either: a refusal ends there, or gives its reason.
    r"|(?:complete|comply with|answer|process) (?:that|this|your|the) (?:request|question)"
    r"(?=[.!]|\W*$| (?:as|because|since)\b)"
    r"|comply\b(?! with)"
    r"|(?:provide|offer|give)(?: you)?(?: with)?(?: that| this| such| any)?"
    r"(?: kind of| type of| sort of| specific| personal| further)?"
    r" (?:assistance|information|advice|instructions|content|guidance)(?! about my| on my)"
    r"|(?:provide|offer|give you) (?:that|this)(?=[.!]|\W*$)"
    r"|(?:generate|create|write|produce)(?: you)?(?:"
    r"(?: any| that| this| such)?(?: kind of| type of| sort of)? (?:harmful |explicit |inappropriate )?(?:content|material)\b"
    r"|(?: that| such)(?: a)?(?: kind of| type of| sort of)? (?:text|message|response)s?\b)"
    r"|engage in|discuss (?:that|this|such|any)?(?: kind of)? ?(?:topic|subject)s?\b))",
    re.IGNORECASE,
)
"""Stock phrases at the beginning, as the post-filters of Self-Instruct (Wang et al. 2022) have them."""

_DOES = (
    r"help\b|assist\b|aid\b|perform\b|calculate\b|compute\b|make (?:personal|such|any|that) (?:decisions?|choices?)|provide\b|supply\b|(?:give|offer|share)\b(?:[^.!?\n]{0,50}?)\b(?:advice|information|instructions?|guidance|details"
    r"|opinions?|help|assistance|recommendations?|tips|examples?|content|answers?|diagnos\w+|verdict|predictions?|steps|that|this|such)\b"
    rf"|(?:{_WRITE})\b|design\b|develop\b|fabricate\b|fulfil|comply\b|discuss\b|comment\b|speculate\b|encourage\b|promote\b|endorse\b"
    r"|condone\b|glorify\b|facilitate\b|participate\b|engage\b|contribute\b|enable\b|take part|go along|respond to\b|reply to\b"
    r"|answer (?:this|that|such|your|questions?|any|it|the)\b|advise\b|instruct\b|teach\b|tell you (?:how|what|where|who|which|whether|about)"
    r"|(?:explain|describe|show you|outline|detail) how\b|walk you|guide you|continue (?:with|this)|proceed\b|process (?:this|that|your|such|requests?|content|images?)"
    r"|complete (?:this|that|your|the) (?:request|task)|do (?:that|this|so|it)\b|predict\b|forecast\b|diagnose\b|prescribe\b|interpret\b|role-?play|pretend\b"
    r"|impersonate\b|disclose\b|reveal\b|reproduce\b|repeat (?:this|that|such)|translate\b|summari[sz]e\b|access (?:real|the (?:internet|web)|external|current|live)"
    r"|browse\b|look (?:it|that|this) up|search the\b|take (?:a )?(?:sides?|position|stance)|express\b|judge\b|vouch|support (?:this|that|such|any|your request)"
    r"|say (?:who|which|whether)\b|be \w+ing (?:this|that|any|such)|(?:see|view|open|watch|listen to|hear|display|play|analy[sz]e|read) (?:the |any |that |this |your |an? )?(?:image|picture|photo|video|audio|file|attachment|link|url|website|music|song)"
    r"|(?:send|make|place|set|book|order|buy|schedule) (?:an? |the |any |you an? )?(?:e-?mail|phone call|call|order|alarm|reminder|reservation|pizza|taxi|table|flight|hotel)|recommend (?:any|a |an |specific|particular|products?|medic\w+|individual)|make (?:jokes?|fun|predictions?|medical|judg)"
)
DECLINED = re.compile(
    rf"{_LEAD}{_CANNOT}(?: to)? (?:{_DOES})"
    r"|\bi(?:['’]m| am|['’]ll)? (?:must|have to|need to|will have to|going to(?: have to)?) (?:\w+ )?(?:decline|refuse|say no|pass on)\b"
    rf"|{_LEAD}(?:i {_SOFT}(?:decline|refuse)|i['’]ll pass)\b"
    r"|\bi(?:['’]m| am) not (?:qualified|comfortable|permitted|allowed|authori[sz]ed|willing|equipped)\b"
    r"|\bi (?:do not|don['’]t|would not|wouldn['’]t) (?:feel|be) (?:\w+ )?comfortable\b"
    r"|\bi (?:do not|don['’]t|can['’]?t|cannot) (?:currently )?(?:have|get) (?:\w+ )?(?:access to (?:real|current|live|the internet|external|up-to|that|this|personal|your)"
    r"|the (?:ability|capability|authority|means) to|(?:any )?(?:current|real-time|up-to-date|live|recent) (?:\w+ )?(?:information|data|news))"
    r"|\bi (?:have no|lack) (?:\w+ )?(?:way|means|ability|access|authority|information|knowledge)\b|\bi can only (?:help|answer|assist|provide|discuss|talk)\b"
    rf"|\b(?:{_POLICY}|my \w+|rules|policies|guidelines)\b[^.!?\n]{{0,20}}\b(?:prevent|forbid|prohibit|keep me from|stop me from|(?:do|does) not (?:allow|permit|let)|don['’]t (?:allow|permit|let))"
    r"|\bi (?:do not|don['’]t) (?:think|believe|feel) (?:i should|(?:it|that|this)(?:['’]s| is| would be) (?:right|appropriate|ethical|wise|something i))"
    r"|\b(?:can|could|may|shall) i (?:help|assist|interest) you (?:with|in) something (?:else|different)\b|\bi(?:['’]d| would) be (?:happy|glad) to help (?:you )?with (?:something|a different|another|other)"
    r"|\bi(?:['’]m| am) going to (?:have to )?(?:pass|stop|leave)\b|\bsorry,? (?:but )?(?:no|that(?:['’]s| is) not (?:possible|something)|this is not something)\b"
    r"|\b(?:this|that|it|what you(?:['’]re| are) asking(?: for)?)(?:['’]s| is)? (?:is )?(?:not (?:something|a topic|a subject|anything) "
    r"(?:that )?i\b|outside (?:of )?(?:my|what i)\b|beyond (?:my|what i)\b|off[- ]limits)"
    r"|\b(?:would(?:n['’]t| not) be|is(?:n['’]t| not)) (?:\w+ )?(?:appropriate|ethical|responsible|possible|right) for me to\b"
    r"|\b(?:violates?|(?:goes|is|be|would go) against|breach(?:es)?|conflicts? with|not (?:in line|consistent) with)\b[^.!?\n]{0,30}?"
    r"\b(?:polic(?:y|ies)|guidelines|principles|values|rules|terms of (?:use|service)|programming)\b"
    r"|\blet['’]s (?:talk about something else|change the (?:subject|topic)|keep (?:this|our) conversation|(?:discuss|explore|focus on|work on|try) (?:something|another|a different))"
    r"|\b(?:out of|outside|beyond|not within|not in) (?:of )?(?:my|the) (?:current |present )?(?:scope|reach|abilit(?:y|ies)|capabilit(?:y|ies)|remit|expertise|purview|competence)\b"
    r"|\bi(?:['’]d| would|['’]ll| will| must| should| have to| need to| want to)? (?:\w+ly )?(?:have to |rather |prefer to |like to |need to )?"
    r"(?:steer clear|stay away from|abstain|hold off on|draw (?:the|a) line|sit (?:this|that) (?:one )?out|turn (?:this|that|you) down|bow out|opt out|leave (?:that|this) (?:one )?(?:to|alone|there))\b"
    r"|\bnothing in my (?:instructions|guidelines|rules|programming|policies) (?:lets|allows|permits)\b"
    r"|\bnot (?:an?|one of the) (?:\w+ )?(?:function|task|thing|capability|service|feature)s? (?:that )?i\b"
    r"|\b(?:not|isn['’]t|never) (?:really )?my (?:place|role|area|job|call|business) to\b|\bnot in a position to\b"
    r"|\bi(?:['’]m| am) (?:\w+ly )?(?:declining|refusing)\b|\bthere(?:['’]s| is) no way (?:for me to|i (?:can|could|will))\b"
    r"|\bi (?:would|['’]d) (?:rather|prefer) not\b|\bi['’]d (?:rather|prefer) not\b"
    r"|\bno puedo (?:ayudar|asistir|proporcionar|generar|crear|responder|cumplir|ofrecer|dar)|\bje ne (?:peux|puis|suis) pas (?:vous |t['’]|en mesure|autoris|capable)"
    r"|\bich (?:kann|darf|werde|möchte) [^.!?\n]{0,60}\b(?:nicht|keine[nrm]?)\b[^.!?\n]{0,60}\b(?:helfen|weiterhelfen|geben|bereitstellen|erstellen|schreiben|beantworten"
    r"|erfüllen|unterstützen|anbieten|liefern|verfassen)",
    re.IGNORECASE,
)
