"""scikit-learn: what its users take to tell texts apart, words and pairs of them counted."""

from __future__ import annotations

from benchmarks.peers.workers.protocol import Answer, Clock, Job, serve
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

PAIRS = (1, 2)  # words at a time


def classify(job: Job) -> Answer:
    models = {
        "TF-IDF and logistic regression": make_pipeline(
            TfidfVectorizer(ngram_range=PAIRS), LogisticRegression(C=10, max_iter=1000)
        ),
        "counts and naive Bayes": make_pipeline(
            CountVectorizer(ngram_range=PAIRS), MultinomialNB()
        ),
    }
    clock = Clock()
    model = models[job["method"]].fit(job["train"], job["labels"])
    return {"labels": [str(label) for label in model.predict(job["test"])], **clock.spent()}


if __name__ == "__main__":
    serve({"classify": classify})
