"""Requests that speak of what is not there, in the words of many askers."""

from __future__ import annotations

import pytest

from synthgen.checks.absent import absent_input

SPEAK = """
Summarise the attached contract in plain words.
What is the main argument of the article?
Please check my cover letter for mistakes.
Translate the sentence below into Polish.
Which of the three options is the cheapest?
Turn the notes into a clean protocol.
Read the paragraph and answer the questions.
Tell me what is wrong with this function.
What does the log tell you about the crash?
Here is my poem. What do you think of it?
Rewrite the email so that it sounds friendlier.
Correct the spelling in the text I pasted.
Explain the joke to me.
Find the errors in the code.
How does the story end, and why?
Put the events of the story in order.
Compare both job offers and say which is better.
Who wrote the letter, and to whom?
Is the review positive or negative?
Classify the sentiment of the tweet.
Can you describe what you see in the picture?
What trend does the chart show?
Shorten it to one line.
Use the table to work out the average income.
Which sentence is in the passive voice?
Make the following more formal.
Based on the conversation, what should the agent say next?
Give the text a title.
Give this paragraph a better ending.
Extract all dates from the document.
Look at the data and tell me which month was the best.
What is the tone of the passage?
Answer the question using only the context.
Pick the odd one out.
Continue my story with two more paragraphs.
What is the missing number in the row?
Does the contract allow subletting?
Replace all names in the text with initials.
How many adjectives are in the sentence?
Write a reply to the message above.
Write a headline for this article.
Improve the wording of my speech.
Highlight what is important in the minutes.
What happens when I run the script above?
Convert the list of temperatures to Fahrenheit.
Sort my shopping list by aisle.
Please transcribe the recording.
Which word in the line does not fit?
Given the two graphs, which one grows faster?
What did the speaker mean by that?
Summarize the meeting notes for a colleague who was absent.
What did the customer complain about in the call?
Underline the verbs.
Rewrite the paragraph from the point of view of the dog.
Check whether the two statements contradict each other.
Is there a mistake in the second line of the program?
Tell me the moral of the fable.
Translate my reply into French, please.
List the pros and cons that the author mentions.
What would be a good caption for this photo?
Turn these bullet points into a paragraph.
Proofread the attached application.
Fill in the missing verbs.
Which of these cities is the coldest?
Explain line by line what the code does.
How old is the man in the story?
Write a polite answer to this complaint.
Remove the duplicates from the list.
Compare the two paintings.
From the receipt below, work out the tip.
Guess the age of the person in the photograph.
What is the rhyme scheme of the poem?
Shorten the message to 160 characters.
Make a table out of the figures.
Give feedback on my presentation.
Solve the puzzle shown in the picture.
Find a synonym for the word in bold.
Break the sentence into its parts.
What do these numbers have in common?
Reply to the review in a friendly way.
Could you tidy up the grammar in my answer?
Rank the candidates by experience.
Say in one sentence what the speech is about.
Find three verbs in the passage and give their infinitives.
Which character in the story changes the most?
Explain what the graph tells us about sales in spring.
Give a short description of the painting.
Please answer this email for me.
What is the code supposed to do?
Is the argument in the text convincing?
Rewrite in the past tense.
Why is the narrator afraid?
Turn the recipe into a shopping list.
Look up the words you do not know and translate the poem.
Calculate the total from the invoice.
Mark the stressed syllables in these lines.
What advice does the doctor give in the article?
Create a quiz with five questions about the text.
Spell out the abbreviations in the report.
Sum up the discussion in two sentences.
Which statement about the diagram is true?
Name the figure of speech used in the last line.
Translate the dialogue for a Spanish friend.
How would you improve the layout of my page?
Rearrange the letters to form a word.
What question does the last paragraph leave open?
Change the ending of the tale.
Tell me whether the number is prime.
What is being advertised here?
Write the sentence in reported speech.
What is the poem about?
Could you shorten my motivation letter?
Arrange the sentences to make a story.
Explain the punchline of the joke.
Which of the two texts is older?
Read the instructions and tell me what to do first.
Describe the mood of the painting in three words.
What does the word in italics mean?
Check the maths in this table.
List all the people mentioned in the article.
Is this sentence grammatical?
How many stanzas does the poem have?
What would you reply to this message?
Convert the code from Java to Python.
Summarise what was said in the meeting.
Make the paragraph more vivid.
What colour is the car in the picture?
Predict what happens next in the story.
Compare the opinions in both reviews.
Find out who the sender of the letter is.
Simplify the passage for beginners.
What is the next number in the series?
Name the main characters of the extract.
Translate everything into German.
Does the email sound polite enough?
""".strip().split("\n")
LOOK_ALIKES = """
Summarise the plot of Moby Dick in three sentences.
What is the main argument of Darwin's Origin of Species?
Explain the joke "Why did the chicken cross the road?" to me.
Is a review of a book allowed to quote from it?
How does the story of Cinderella end?
Who wrote the letter from Birmingham jail?
Write a headline for an article about bees.
Compare renting and buying a flat.
What does the log file of a web server contain?
Which of the planets is the largest?
How do I check a cover letter for mistakes?
Translate "good night" into Polish.
What trend do house prices show since 2010?
Give me a title for a book about cats.
What is the missing number in 2, 4, 8, 16?
Which word does not fit: apple, pear, hammer?
How many adjectives does German have?
What happens when I run a script without rights?
Does a contract by word of mouth count?
How do I write a reply to a complaint?
Put the names of the months in order.
How do I transcribe a recording?
What is the tone of a formal letter?
Write a story about a lost dog.
Describe the picture of the Mona Lisa.
Find the errors in this code: print('hi'
What is the table of contents for?
Explain the data protection law to me.
Who is the author of the Odyssey?
Make a table of the five largest lakes.
Sort these by size: ant, whale, dog.
What does the letter V stand for in V-neck?
How do I describe myself in a CV?
Use the word "table" in a sentence.
Is the message of the film positive?
Pick a number between one and ten.
What is the question in "To be or not to be"?
Tell me what is wrong with eating late.
How can I improve my speech at a wedding?
Which sentence is more polite: "Come!" or "Please come."?
How do I fill in the first line of the tax form?
Where is the map key?
Write down the data for the rental car.
What is the answer to the riddle of the Sphinx?
How do I request a licence for the diagram editor?
Can I pay the invoice in cash at a branch?
Please add the second driver to the contract.
What should the mailbox message say?
What is the first element on the periodic table?
Which famous museum is on the cover of the Da Vinci Code?
""".strip().split("\n")
SHOWN = [
    "Give the text below a title: The ferry to Ust leaves at nine from the northern pier.",
    "Is the review positive or negative? The soup was cold and the waiter rude, but the view is lovely.",
    "What is wrong with this function? `def f(x): retrun x`",
    "Translate the sentence into French. The two sisters had not spoken for eleven years.",
]


def test_nine_of_ten_requests_without_their_input_are_found() -> None:
    """Of requests written without the rule in view, nine of ten are seen to lack what they speak of."""
    found = [one for one in SPEAK if absent_input(one, answered=True)]
    assert len(found) >= 0.9 * len(SPEAK)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_is_said_of_texts_in_general_is_no_fault(text: str) -> None:
    """A question about letters, lists or codes of the world speaks of no input."""
    assert absent_input(text, answered=True) == ""


@pytest.mark.parametrize("text", SHOWN)
def test_an_input_that_is_shown_is_no_fault(text: str) -> None:
    """What stands behind a colon, in quotes or in sentences of its own is there."""
    assert absent_input(text, answered=True) == ""


@pytest.mark.parametrize("text", ["Is the review positive?", "What does the log tell you?", "Sort the list by date."])
def test_where_nobody_answers_a_thing_that_both_know_is_no_fault(text: str) -> None:
    """A customer may speak of a letter that both have before them: only where somebody answers is it an input."""
    assert absent_input(text) == ""
    assert absent_input(text, answered=True) != ""
