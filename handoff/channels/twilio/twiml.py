"""The documents that Twilio is told what to do with, and the voices that speak in each language."""

from dataclasses import dataclass

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Connect, VoiceResponse

from handoff.channels.twilio.texts import twilio_texts

# Twilio's speech codes; Finnish is not in Deepgram's flux model, so each language names its own.
MEDIA_TYPE = "application/xml"


@dataclass(frozen=True)
class Speech:
    """How a language is heard and spoken on the phone."""

    code: str
    voice: str


SPEECH = {
    "en": Speech("en-GB", "Amy-Neural"),
    "de": Speech("de-DE", "Vicki-Neural"),
    "fi": Speech("fi-FI", "Suvi-Neural"),
}


@dataclass(frozen=True)
class RelayCall:
    """What the socket of one call needs to be opened: where, in which language, with which one-time token."""

    relay_url: str
    ended_url: str
    language: str
    token: str
    greeting: str | None


def no_reply() -> str:
    """Return the empty answer to a text message; what we have to say goes out through the outbox."""
    return str(MessagingResponse())


def connect_relay(call: RelayCall) -> str:
    response = VoiceResponse()
    connect = Connect(action=call.ended_url, method="POST")
    relay = connect.conversation_relay(
        url=call.relay_url,
        welcome_greeting=call.greeting,
        language=SPEECH[call.language].code,
        # Said in full: since May 2025 the default keeps the words that are spoken over ours from us.
        report_input_during_agent_speech="any",
        interruptible="any",
        dtmf_detection=True,
    )
    for speech in SPEECH.values():
        relay.language(
            code=speech.code,
            tts_provider="Amazon",
            voice=speech.voice,
            transcription_provider="Deepgram",
            speech_model="nova-3-general",
        )
    relay.parameter(name="token", value=call.token)
    response.append(connect)
    return str(response)


def say_and_hang_up(key: str, language: str) -> str:
    response = VoiceResponse()
    speech = SPEECH[language]
    response.say(twilio_texts().text(key, language), language=speech.code, voice=f"Polly.{speech.voice}")
    response.hangup()
    return str(response)


def ask_again(key: str, language: str, url: str) -> str:
    response = VoiceResponse()
    speech = SPEECH[language]
    response.say(twilio_texts().text(key, language), language=speech.code, voice=f"Polly.{speech.voice}")
    response.pause(length=2)
    response.redirect(url, method="POST")
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)
