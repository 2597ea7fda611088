"""Adding, reading, changing and finding bills in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_support import Service, body, change, item, running

from ropo_jobs_sandbox.identifiers import is_reference_number

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture
def service() -> Generator[Service]:
    with running() as found:
        yield found


def test_an_invoice_as_the_guides_write_it(service: Service) -> None:
    response = service.call("POST /jobs", json=body(item(billnum="11213", billcode="1232", custnum="1022")), expect=201)
    assert response.json()["accepted"] == 1
    assert service.job(1) == {
        "jobid": 1,
        "currentstatus": 0,
        "currentstatustext": "Invoicing",
        "currentpaydate": "2026-12-06",
        "nextstatus": 10,
        "nextstatustext": "Due",
        "nextstatusdate": "2026-12-07",
        "origjobtype": 0,
        "origjobtext": "Invoicing",
        "origjobdate": "2026-11-22",
        "billnum": "11213",
        "billcode": "1232",
        "reference": "1232",
        "accountdate": "2026-11-22",
        "paydate": "2026-12-06",
        "address": "Sammonkatu 23-25 A 7",
        "city": "KUOPIO",
        "custnum": "1022",
        "person": "Teppo Testaaja",
        "postcode": "70100",
    }


def test_many_items_in_one_request(service: Service) -> None:
    jobids = service.add(*(item(billnum=f"B{place}") for place in range(50)))
    assert jobids == list(range(1, 51))
    assert service.job(50)["billnum"] == "B49"


def test_missing_numbers_are_given(service: Service) -> None:
    service.add(item(), item())
    jobs = service.sandbox.jobs()
    assert [job["billnum"] for job in jobs] == ["100001", "100002"]
    assert all(is_reference_number(job["billcode"]) for job in jobs)
    assert jobs[0]["billcode"] != jobs[1]["billcode"]
    assert [job["total"] for job in jobs] == ["43.40", "43.40"]


def test_a_wrong_item_refuses_the_whole_request(service: Service) -> None:
    text = service.refusal("POST /jobs", 422, json=body(item(), item(payrow=[])))
    assert text == "dataset[1].payrow: required for jobtype 0"
    assert service.sandbox.jobs() == []
    assert service.sandbox.carried_out("POST /jobs") == 0
    assert service.updates() == []


def test_checkbillnum_refuses_a_number_that_exists(service: Service) -> None:
    service.add(item(billnum="11213"))
    text = service.refusal("POST /jobs", 409, json=body(item(), item(billnum="11213", checkbillnum=1)))
    assert text == "dataset[1].billnum: 11213 exists already"
    twice = body(item(billnum="7", checkbillnum="1"), item(billnum="7", checkbillnum="1"))
    assert "7 exists already" in service.refusal("POST /jobs", 409, json=twice)
    assert len(service.sandbox.jobs()) == 1
    service.add(item(billnum="11213", checkbillnum=0))
    assert len(service.sandbox.jobs()) == 2


def test_identifiers_are_kept_with_the_job(service: Service) -> None:
    headers = {"DataIdentifier": "id-1", "DataTypeIdentifier": "type-1"}
    response = service.call("POST /jobs", json=body(item()), headers=headers, expect=201)
    job = service.sandbox.job(1)
    assert job is not None
    assert job["identifiers"] == {
        "data_identifier": "id-1",
        "data_type_identifier": "type-1",
        "batchid": response.json()["batchid"],
    }


def test_a_credit_invoice_pays_the_bill_that_it_refunds(service: Service) -> None:
    rows = [{"desc": "Hyvitys", "count": -1, "amount": "35.00", "taxpr": 24}]
    service.add(item(billnum="A"))
    service.add(item(billnum="B", payrow=rows, refundtobillnum="A"))
    service.add(item(billnum="C", payrow=rows, refundtojobid="1"))
    assert service.job(1)["currentstatustext"] == "Paid"
    assert service.job(3)["refundtojobid"] == 1
    assert [job["open_amount"] for job in service.sandbox.jobs()] == ["-43.40", "-43.40", "-43.40"]
    assert service.sandbox.credit_notes() == []
    # Also one that has the number of the bill.
    service.add(item(billnum="D"))
    service.add(item(billnum="D", payrow=rows, refundtobillnum="D"))
    assert [job["open_amount"] for job in service.sandbox.jobs()][3:] == ["0.00", "-43.40"]


@pytest.mark.parametrize("refund", [{"refundtojobid": 99}, {"refundtobillnum": "99"}])
def test_a_refund_of_nothing_is_refused(service: Service, refund: dict[str, Any]) -> None:
    assert "99" in service.refusal("POST /jobs", 422, json=body(item(**refund)))


def test_an_unknown_job(service: Service) -> None:
    assert service.refusal("GET /jobs", 404, params={"jobid": 5}) == "Job not found: jobid 5"
    for jobid in ("0", "-1", "999999999999"):
        service.refusal("GET /jobs", 404, params={"jobid": jobid})


# Changing


@pytest.mark.parametrize("named", [{"jobid": 1}, {"billnum": "Ä/1 +&"}])
def test_a_change_by_jobid_or_billnum(service: Service, named: dict[str, Any]) -> None:
    service.add(item(billnum="Ä/1 +&"))
    response = service.call("PATCH /jobs", params=named, json=change(city="OULU", paydate="2026-12-24"), expect=200)
    assert response.content == b""
    job = service.job(1)
    assert (job["city"], job["paydate"], job["currentpaydate"]) == ("OULU", "2026-12-24", "2026-12-24")
    assert job["nextstatusdate"] == "2026-12-25"


@pytest.mark.parametrize("named", [{}, {"jobid": 1, "billnum": "A"}])
def test_a_change_needs_exactly_one_name(service: Service, named: dict[str, Any]) -> None:
    service.add(item(billnum="A"))
    text = service.refusal("PATCH /jobs", 400, params=named, json=change())
    assert text == f"Exactly one of jobid, billnum is required, not {len(named)}"


def test_null_empties_a_field_and_a_missing_one_stays(service: Service) -> None:
    service.add(item(custnum="1022", country="FIN"))
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(custnum=None), expect=200)
    job = service.job(1)
    assert "custnum" not in job
    assert job["country"] == "FIN"


def test_a_changed_sum_can_settle_a_bill(service: Service) -> None:
    service.add(item(billnum="A"))
    service.call("POST /jobs/payment", json={"billnum": "A", "amount": 40, "paydate": "2026-11-22"}, expect=201)
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(totalamount="40.00"), expect=200)
    assert service.job(1)["currentstatustext"] == "Paid"
    rows = [{"desc": "Hieronta", "amount": 100}]
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(payrow=rows), expect=200)
    assert service.sandbox.jobs()[0]["open_amount"] == "60.00"
    assert service.job(1)["currentstatustext"] == "Invoicing"


def test_a_new_total_replaces_the_old_one(service: Service) -> None:
    service.add(item(billnum="A", totalamount=124))
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(amount=100), expect=200)
    assert service.sandbox.jobs()[0]["open_amount"] == "100.00"
    assert service.refusal("PATCH /jobs", 422, params={"jobid": 1}, json=change(jobtype=999)).startswith("jobtype: 999")


FILE = {"attachmentname": "a.pdf", "attachmentfile": "JVBERi0="}


@pytest.mark.parametrize("attachment", [FILE, {"attachmentid": "7"}, {**FILE, "attachmentfile": "JVBE\r\nRi0="}])
def test_attachments_that_are_taken(service: Service, attachment: dict[str, Any]) -> None:
    service.add(item(attachment=[attachment]))


@pytest.mark.parametrize(
    "attachment",
    [{}, {**FILE, "attachmentid": "7"}, {"attachmentname": "a.pdf"}, {**FILE, "attachmentfile": "%PDF-1.7 as it is"}],
)
def test_attachments_that_are_refused(service: Service, attachment: dict[str, Any]) -> None:
    refused = body(item(attachment=[FILE, attachment]))
    assert service.refusal("POST /jobs", 422, json=refused).startswith("dataset[0].attachment[1]")


def test_a_billnum_can_change_unless_it_is_taken(service: Service) -> None:
    service.add(item(billnum="A"), item(billnum="B"))
    taken = change(billnum="B", checkbillnum=1)
    assert service.refusal("PATCH /jobs", 409, params={"jobid": 1}, json=taken) == "billnum: B exists already"
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(billnum="A", checkbillnum=1), expect=200)
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(billnum="C", checkbillnum=1), expect=200)
    assert service.updates(billnum="C") == [(1, "Invoicing", "2026-11-22")]


def test_a_billnum_that_names_several_jobs_is_refused(service: Service) -> None:
    service.add(item(billnum="A"), item(billnum="A"))
    assert service.refusal("PATCH /jobs", 409, params={"billnum": "A"}, json=change()) == "billnum A names 2 jobs"


def test_a_change_must_leave_a_whole_bill(service: Service) -> None:
    service.add()
    text = service.refusal("PATCH /jobs", 422, params={"jobid": 1}, json=change(person=None))
    assert text.startswith("person or company:")
    assert service.job(1)["person"] == "Teppo Testaaja"


def test_on_hold_and_back(service: Service) -> None:
    service.add()
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(putonhold=1), expect=200)
    job = service.job(1)
    assert (job["currentstatus"], job["currentstatustext"], job["nextstatus"]) == (100, "On hold", -1)
    service.sandbox.advance(days=60)
    assert service.job(1)["currentstatus"] == 100
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(putonhold="0"), expect=200)
    job = service.job(1)
    assert (job["currentstatustext"], job["nextstatusdate"]) == ("Invoicing", "2027-01-22")


def test_open_invoices_of_a_customer_and_an_order(service: Service) -> None:
    order = {"custnum": "1022", "ordernumber": 10232}
    service.add(item(**order), item(**order, cashbill=1), item(**order), item(custnum="1022"), item(ordernumber=10232))
    params = {"custnum": "1022", "ordernumber": "10232"}
    response = service.call("PATCH /jobs/opensalesinvoices", params=params, json=change(city="OULU"), expect=200)
    assert response.json() == {"modified": 2, "jobids": [1, 3]}
    assert [job["city"] for job in service.sandbox.jobs()] == ["OULU", "KUOPIO", "OULU", "KUOPIO", "KUOPIO"]
    nobody = {"custnum": "1", "ordernumber": "1"}
    response = service.call("PATCH /jobs/opensalesinvoices", params=nobody, json=change(), expect=200)
    assert response.json() == {"modified": 0, "jobids": []}
    assert "ordernumber" in service.refusal(
        "PATCH /jobs/opensalesinvoices", 400, params={"custnum": "1"}, json=change()
    )


# Finding


def test_jobs_of_an_end_customer(service: Service) -> None:
    service.add(
        item(billnum="A", govid="131052-308T", custnum="1022"),
        item(billnum="B", govid="131052-308T", custnum="1022", cashbill=1),
        item(billnum="C", govid="131052-308T", cashbill=1, billdate="2024-11-21"),
        item(billnum="D", custnum="1022"),
    )
    service.sandbox.advance(days=30)

    def found(**query: Any) -> list[str]:
        response = service.call("POST /jobs/findbyendcustomer", json=query, expect=200)
        return [job["invoice_number"] for job in response.json()["jobs"]]

    assert found(ssn="131052-308t") == ["A"]
    assert found(custnum="1022") == ["A", "D"]
    assert found(custnum="1022", ssn="131052-308T") == ["A"]
    assert found(ssn="131052-308T", all_invoices="1") == ["A", "B"]
    assert found(ssn="010101-0101") == []
    response = service.call("POST /jobs/findbyendcustomer", json={"ssn": "131052-308T"}, expect=200)
    assert response.json()["jobs"][0] == {
        "invoice_number": "A",
        "original_invoice_date": "2026-11-22",
        "status": "reminder",
        "open_amount": 43.4,
        "group_job": 0,
        "group_case_numbers": [],
        "group_total_payable": 43.4,
        "my_ropo_link": "https://my.ropo.example/invoice/1",
    }
    for empty in ({}, {"ssn": ""}, {"custnum": " "}):
        assert (
            service.refusal("POST /jobs/findbyendcustomer", 400, json=empty)
            == "ssn or custnum: one of them is required"
        )


def test_a_collection_invoice_with_its_sub_invoices(service: Service) -> None:
    service.add(item(billnum="S", collectioninvoice=1, custnum="1"))
    service.add(item(jobtype=602, origbillnum="S", payrow=None), item(jobtype=602, origbillnum="S", payrow=None))
    response = service.call("POST /jobs/findbyendcustomer", json={"custnum": "1"}, expect=200)
    job = response.json()["jobs"][0]
    assert (job["group_job"], job["group_case_numbers"]) == (1, ["2", "3"])
